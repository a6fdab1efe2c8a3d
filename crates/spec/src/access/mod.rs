//! Who may see what: roles are compiled to one dashboard for each set of things that viewers can see, and to the conditions
//! on groups under which a proxy gives it away.
mod prune;
mod role_sets;

pub use role_sets::RoleSet;
use std::collections::{BTreeMap, BTreeSet};
use tarn_dashboard::FilterValue;

/// The block `access:` and every `roles:` of pages and views.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    pub identity: Identity,
    pub roles: Vec<Role>,
    /// By page id: the roles of which a viewer needs one.
    pub pages: BTreeMap<String, Vec<String>>,
    /// By view id, where a view asks for more than its page does.
    pub views: BTreeMap<String, Vec<String>>,
}

/// Where the page learns who its viewer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// An absolute path of the page's own origin.
    pub url: String,
    pub provider: Provider,
    /// Claims by the name that `{user.name}` uses, each with its path in the provider's answer.
    pub claims: Vec<(String, String)>,
    /// Where a viewer without a session is sent; `{url}` stands for the address to come back to. Else the page is loaded anew.
    pub login: Option<String>,
    pub logout: Option<String>,
    /// A session that ended is renewed in a hidden frame, which may pass through these origins beside the site's own.
    pub silent_login: Option<Vec<String>>,
}

/// The shape of the answer to "who am I?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// `{"sub": …, "name": …, "groups": […]}`
    Plain,
    /// `/oauth2/userinfo`
    Oauth2Proxy,
    /// The info hook of Apache's module.
    ModAuthOpenidc,
    /// `/cdn-cgi/access/get-identity`
    Cloudflare,
    /// `/.auth/me`
    Azure,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub name: String,
    /// A viewer in one of them has the role. Never empty.
    pub groups: Vec<String>,
    /// Roles that whoever has this one has, too. Never in a circle.
    pub includes: Vec<String>,
    /// What filters and parameters start with, by id: of the viewer's roles the first in the file that has any decides.
    pub defaults: Vec<(String, FilterValue)>,
}

/// More different dashboards than these are a mistake, and a slow build.
pub const MAX_ROLE_SETS: usize = 32;

impl Provider {
    pub const ALL: [Self; 5] = [Self::Plain, Self::Oauth2Proxy, Self::ModAuthOpenidc, Self::Cloudflare, Self::Azure];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Oauth2Proxy => "oauth2-proxy",
            Self::ModAuthOpenidc => "mod_auth_openidc",
            Self::Cloudflare => "cloudflare",
            Self::Azure => "azure",
        }
    }

    /// Where subject, name and groups stand in its answer, the first that is there. Lists are looked through; `[a=b]` keeps
    /// their items with that value.
    pub fn paths(self) -> [&'static [&'static str]; 3] {
        match self {
            Self::Plain => [&["sub"], &["name", "sub"], &["groups"]],
            Self::Oauth2Proxy => [&["user", "email"], &["preferredUsername", "email"], &["groups"]],
            Self::ModAuthOpenidc => {
                [&["id_token.sub", "userinfo.sub"], &["userinfo.name", "id_token.name"], &["userinfo.groups", "id_token.groups"]]
            }
            Self::Cloudflare => [&["user_uuid", "email"], &["name", "email"], &["groups.name", "groups", "custom.groups"]],
            Self::Azure => {
                [&["user_id"], &["user_claims.[typ=name].val", "user_id"], &["user_claims.[typ=groups].val", "user_claims.[typ=roles].val"]]
            }
        }
    }
}

impl Identity {
    pub(crate) fn plain(url: String, claims: Vec<(String, String)>) -> Self {
        Self { url, provider: Provider::Plain, claims, login: None, logout: None, silent_login: None }
    }
}

impl Access {
    /// The groups of which each gives one of the roles, directly or through `includes`. Sorted.
    pub(crate) fn groups_of(&self, roles: &[String]) -> BTreeSet<String> {
        let gives = |role: &Role| roles.iter().any(|wanted| self.includes(role, wanted, self.roles.len()));
        self.roles.iter().filter(|role| gives(role)).flat_map(|role| role.groups.iter().cloned()).collect()
    }

    /// The groups of a role alone: what its members are in for certain.
    pub(crate) fn given_by(&self, role: &str) -> Vec<String> {
        self.roles.iter().find(|known| known.name == role).map(|role| role.groups.clone()).unwrap_or_default()
    }

    fn includes(&self, role: &Role, wanted: &str, depth: usize) -> bool {
        let inner = |name: &String| {
            depth > 0 && self.roles.iter().find(|role| role.name == *name).is_some_and(|role| self.includes(role, wanted, depth - 1))
        };
        role.name == wanted || role.includes.iter().any(inner)
    }
}
