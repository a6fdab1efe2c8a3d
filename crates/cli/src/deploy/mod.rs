//! What stands beside a built site so that a server gives it to the right people, in the right way.
mod apache;
mod basic;
mod caddy;
mod cloudflare;
mod container;
mod headers;
mod nginx;
mod precompress;
mod rules;

use crate::site::{Content, Site};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub use basic::User;
use headers::Policies;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// The files alone
    Plain,
    /// nginx's configuration, a container with it, a manifest for Kubernetes
    Nginx,
    /// Caddy's configuration
    Caddy,
    /// A virtual host for Apache
    Apache,
    /// Cloudflare Pages: what it serves, with headers by path
    Cloudflare,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Auth {
    /// A service beside the server says who the viewer is: oauth2-proxy, or one that answers as it does
    Proxy,
    /// Names and hashed passwords of a small team; no provider is needed
    Basic,
}

/// What an operator may choose.
#[derive(clap::Args)]
pub struct Options {
    /// The server that the folder is for
    #[arg(long, value_enum, default_value = "plain")]
    pub target: Target,
    /// Who says who the viewer is, for a dashboard with `access:`
    #[arg(long, value_enum, default_value = "proxy")]
    pub auth: Auth,
    /// With `--auth basic`: a file with a line `name:hash:group,group` for every viewer
    #[arg(long)]
    pub users: Option<PathBuf>,
    /// With `--auth proxy`: where the service listens that says who the viewer is
    #[arg(long, default_value = "127.0.0.1:4180")]
    pub auth_at: String,
    /// The address and port that the server listens on
    #[arg(long, default_value = "8080")]
    pub listen: String,
    /// The folder on the server that the written folder becomes
    #[arg(long, default_value = "/srv/tarn")]
    pub root: String,
    /// Build a dashboard with `access:` for a server that does not know its rules: something else has to protect it
    #[arg(long)]
    pub unprotected: bool,
}

/// Below it lies what is served; everything else that is written is for the server alone.
pub const PUBLIC: &str = "public";

/// What a monitor asks for.
const HEALTH: &str = "healthz";

/// The files of the folder that is written, by path.
pub fn files(site: Site, options: &Options) -> Result<BTreeMap<String, Content>, String> {
    check(options)?;
    let rules = site.roles.as_ref().map(rules::rules).transpose()?;
    if rules.is_some() && !matches!(options.target, Target::Nginx | Target::Caddy | Target::Apache) && !options.unprotected {
        return Err(unenforceable(options.target));
    }
    let frames = rules.as_ref().and_then(|rules| rules.identity.silent_login.as_deref());
    if frames.is_some() && options.auth == Auth::Basic {
        return Err("`silent_login` asks an identity provider, and passwords know none\nhint: remove it, or `--auth basic`".into());
    }
    let explore = site.explore.map(headers::explore_policy);
    let policies = Policies { site: headers::content_security_policy(&site.origins, frames), explore };
    match options.target {
        Target::Plain => Ok(with_health(site.files)),
        Target::Cloudflare => cloudflare::files(with_health(site.files), rules.as_ref(), &policies),
        Target::Caddy => {
            if options.auth == Auth::Basic {
                return Err(
                    "passwords are written for nginx and Apache\nhint: --target nginx or apache, or a service that knows the viewers"
                        .into(),
                );
            }
            let text = caddy::caddyfile(rules.as_ref(), &policies, options)?;
            let mut files = public(site.files)?;
            files.insert("Caddyfile".into(), Content::Bytes(text.into_bytes()));
            Ok(files)
        }
        Target::Apache => {
            let users = users(options, rules.is_some())?;
            let mut files = apache::files(rules.as_ref(), users.as_deref(), &policies, options)?;
            files.insert("health.txt".into(), Content::Bytes(b"ok\n".to_vec()));
            files.extend(public(site.files)?);
            Ok(files)
        }
        Target::Nginx => {
            let users = users(options, rules.is_some())?;
            let signing_in = match (&rules, users) {
                (None, _) => nginx::SigningIn::Nobody,
                (Some(rules), Some(users)) => nginx::SigningIn::Basic { rules, users },
                (Some(rules), None) => nginx::SigningIn::Proxy { rules, at: &options.auth_at },
            };
            let mut files = nginx::files(&signing_in, &policies, options)?;
            let kind = match signing_in {
                nginx::SigningIn::Proxy { .. } => container::Beside::AuthProxy,
                _ => container::Beside::Nothing,
            };
            files.extend(container::files(kind, options));
            files.extend(public(site.files)?);
            Ok(files)
        }
    }
}

/// What is served, with its compressed twins.
fn public(files: BTreeMap<String, Content>) -> Result<BTreeMap<String, Content>, String> {
    precompress::with_compressed(files).map(in_public)
}

fn in_public(files: BTreeMap<String, Content>) -> BTreeMap<String, Content> {
    files.into_iter().map(|(path, content)| (format!("{PUBLIC}/{path}"), content)).collect()
}

/// Where no configuration answers for it, a file tells that the server is well.
fn with_health(mut files: BTreeMap<String, Content>) -> BTreeMap<String, Content> {
    files.insert(HEALTH.into(), Content::Bytes(b"ok\n".to_vec()));
    files
}

fn unenforceable(target: Target) -> String {
    let why = match target {
        Target::Cloudflare => "Pages serves the same files to everybody; its Access policies are not in the folder",
        _ => "a plain file server gives every file to everybody",
    };
    format!(
        "this target cannot keep the promises of `access:`: {why}\nhint: `--target nginx`, `caddy` or `apache` writes the rules; with `--unprotected` something else has to protect every path of `roles/`, the data and tarn-build.json"
    )
}

/// What stands unquoted in configurations.
fn check(options: &Options) -> Result<(), String> {
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "./:_-[]".contains(c));
    for (name, text) in [("--listen", &options.listen), ("--root", &options.root), ("--auth-at", &options.auth_at)] {
        if !plain(text) {
            return Err(format!("`{name} {text}` holds other characters than letters, digits and . / : _ - [ ]"));
        }
    }
    if options.target == Target::Plain && (options.auth == Auth::Basic || options.users.is_some()) {
        return Err("nobody asks for passwords in a folder of plain files\nhint: add --target nginx or apache".into());
    }
    Ok(())
}

fn users(options: &Options, with_roles: bool) -> Result<Option<Vec<User>>, String> {
    match (options.auth, &options.users) {
        (Auth::Proxy, None) => Ok(None),
        (Auth::Proxy, Some(_)) => Err("`--users` is for `--auth basic`".into()),
        (Auth::Basic, _) if !with_roles => Err("the dashboard has no `access:`: everybody may see it without a password".into()),
        (Auth::Basic, None) => {
            Err("nobody could sign in\nhint: name a file with `--users`, a line `name:hash:group,group` for every viewer".into())
        }
        (Auth::Basic, Some(path)) => basic::read(path).map(Some),
    }
}
