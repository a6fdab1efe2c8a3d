//! `access:`, and the `roles:` of pages and views.
use super::{exposure, filter, resolve::Model};
use crate::{
    access::{Access, Identity, MAX_ROLE_SETS, Provider, Role},
    diagnostic::Report,
    names, suggest,
    yaml::{Entry, Fields, Node, Value, pairs},
};
use std::collections::BTreeMap;
use tarn_dashboard::{Dashboard, Filter};

/// More roles than these are groups.
const MAX_ROLES: usize = 64;
/// Claims that every provider's answer has.
const KNOWN_CLAIMS: [&str; 3] = ["subject", "name", "groups"];

pub(super) fn compile(entry: Option<&Entry>, report: &mut Report) -> Option<Access> {
    let entry = entry?;
    // Even with errors: what is wrong here is not told again at every page.
    let nobody = Identity::plain(String::new(), vec![]);
    let mut access = Access { identity: nobody, roles: vec![], pages: BTreeMap::new(), views: BTreeMap::new() };
    let Some(mut fields) = Fields::read(&entry.value, "the access", report) else { return Some(access) };
    let identity_node =
        fields.required("identity", "the address that tells who the viewer is, such as /whoami or /oauth2/userinfo", report);
    let roles_node = fields.required("roles", "as in `roles: { viewer: { groups: [staff] } }`", report);
    fields.finish(report);
    if let Some(identity) = identity_node.and_then(|node| identity(node, report)) {
        access.identity = identity;
    }
    access.roles = roles(roles_node, report);
    Some(access)
}

fn identity(node: &Node, report: &mut Report) -> Option<Identity> {
    let Value::Mapping(_) = &node.value else {
        let url = path(node, report)?;
        return Some(Identity::plain(url, claims(Provider::Plain)));
    };
    let mut fields = Fields::read(node, "the identity", report)?;
    let url = fields.required("url", "the address that tells who the viewer is, such as /oauth2/userinfo", report);
    let provider = fields.get("provider", report).and_then(|node| provider(node, report)).unwrap_or(Provider::Plain);
    let given = fields.get("claims", report);
    let login = fields.get("login", report).and_then(|node| path(node, report));
    let logout = fields.get("logout", report).and_then(|node| path(node, report));
    let silent_login = fields.get("silent_login", report).map(|node| origins(node, report));
    fields.finish(report);
    let mut claims = claims(provider);
    for entry in pairs(given, report) {
        let Some(path) = claim_path(entry, report) else { continue };
        claims.retain(|(name, _)| *name != entry.key.text);
        claims.push((entry.key.text.clone(), path));
    }
    Some(Identity { url: url.and_then(|node| path(node, report))?, provider, claims, login, logout, silent_login })
}

fn claims(provider: Provider) -> Vec<(String, String)> {
    let paths = provider.paths();
    KNOWN_CLAIMS.iter().zip(paths).map(|(name, paths)| ((*name).to_owned(), paths.join(" | "))).collect()
}

fn provider(node: &Node, report: &mut Report) -> Option<Provider> {
    suggest::word(node, "provider", "providers", Provider::ALL.map(|provider| (provider.name(), provider)), report)
}

/// An address of the page's own origin: another one would learn who looks, or send the viewer anywhere.
fn path(node: &Node, report: &mut Report) -> Option<String> {
    let text = node.text(report)?;
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`' | '#');
    if text.starts_with('/') && !text.starts_with("//") && text.chars().all(plain) && !text.split(['/', '?']).any(|part| part == "..") {
        return Some(text.to_owned());
    }
    report
        .error(node.span, format!("`{text}` is no path of this site"))
        .hint("it starts with one `/`, as in /whoami: the proxy answers there");
    None
}

/// Origins beside the site's own, which `self` stands for.
fn origins(node: &Node, report: &mut Report) -> Vec<String> {
    let hint = "the identity provider's, as in https://login.example.com, or `self` when it answers on the site's own";
    if node.items().is_empty() {
        report.error(node.span, "`silent_login` names no origin").hint(hint);
    }
    let mut origins = vec![];
    for item in node.items() {
        let Some(text) = item.text(report) else { continue };
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_alphanumeric() || ".:-[]".contains(c);
        match host {
            Some(host) if !host.is_empty() && host.chars().all(plain) => origins.push(text.to_owned()),
            None if text == "self" => {}
            _ => report.error(item.span, format!("`{text}` is no origin")).hint(hint),
        }
    }
    origins
}

fn claim_path(entry: &Entry, report: &mut Report) -> Option<String> {
    if !names::is_name(&entry.key.text) {
        report.error(entry.key.span, format!("`{}` cannot be the name of a claim", entry.key.text)).hint("letters, digits and `_`");
        return None;
    }
    let text = entry.value.text(report)?;
    let step = |step: &str| !step.is_empty() && step.chars().all(|c| c.is_alphanumeric() || "_-:[]=".contains(c));
    if text.split('.').all(step) {
        return Some(text.to_owned());
    }
    report.error(entry.value.span, format!("`{text}` is no path to a claim")).hint("names joined by points, as in realm_access.roles");
    None
}

fn roles(node: Option<&Node>, report: &mut Report) -> Vec<Role> {
    let entries = pairs(node, report);
    if let Some(node) = node.filter(|_| entries.is_empty() || entries.len() > MAX_ROLES) {
        report
            .error(node.span, format!("there are {} roles, not 1 to {MAX_ROLES}", entries.len()))
            .hint("as in `viewer: { groups: [staff] }`");
    }
    let names: Vec<&str> = entries.iter().map(|entry| entry.key.text.as_str()).collect();
    let roles: Vec<Role> = entries.iter().take(MAX_ROLES).map(|entry| role(entry, &names, report)).collect();
    for (role, entry) in roles.iter().zip(entries) {
        if reaches(role, &role.name, &roles, roles.len()) {
            let message = format!("the role `{}` includes itself", role.name);
            report.error(entry.key.span, message).hint("remove one `includes:` of the circle");
        }
    }
    roles
}

fn role(entry: &Entry, names: &[&str], report: &mut Report) -> Role {
    let name = entry.key.text.clone();
    if !names::is_id(&name) {
        report.error(entry.key.span, format!("`{name}` cannot be the name of a role")).hint("letters, digits, `-` and `_`, at most 64");
    }
    let mut role = Role { name, groups: vec![], includes: vec![], defaults: vec![] };
    let Some(mut fields) = Fields::read(&entry.value, "a role", report) else { return role };
    let groups = fields.required("groups", "the groups, as the identity provider calls them, whose members have the role", report);
    let includes = fields.get("includes", report);
    // Their filters are compiled later.
    if let Some(defaults) = fields.get("defaults", report) {
        defaults.mapping(report);
    }
    fields.finish(report);
    if let Some(node) = groups.filter(|node| node.items().is_empty()) {
        report.error(node.span, "the role has no groups: nobody has it").hint("as in `groups: [staff]`");
    }
    for item in groups.map(Node::items).unwrap_or_default() {
        let Some(group) = item.text(report) else { continue };
        if group.trim() != group || group.is_empty() || group.len() > 256 || group.chars().any(char::is_control) {
            report
                .error(item.span, "this is no name of a group")
                .hint("1 to 256 characters, none of them a control character, no space at the ends");
        } else if !role.groups.iter().any(|known| known == group) {
            role.groups.push(group.to_owned());
        }
    }
    role.includes = includes.map(|node| named(node, names, report)).unwrap_or_default();
    role
}

/// The `defaults:` of every role, when the filters are known.
pub(super) fn compile_defaults(access: &mut Access, entry: &Entry, filters: &[Filter], report: &mut Report) {
    for named in entries_at(&entry.value, "roles") {
        let Some(role) = access.roles.iter_mut().find(|role| role.name == named.key.text) else { continue };
        for Entry { key, value, .. } in entries_at(&named.value, "defaults") {
            let Some(filter) = filters.iter().find(|filter| filter.id == key.text) else {
                let known = filters.iter().map(|filter| filter.id.as_str());
                report.error(key.span, format!("unknown filter `{}`", key.text)).hint(suggest::hint(&key.text, "filters", known));
                continue;
            };
            role.defaults.extend(filter::default_value(filter, value, report).map(|value| (key.text.clone(), value)));
        }
    }
}

/// What stands below a key. That something is no mapping was told before.
fn entries_at<'a>(node: &'a Node, key: &str) -> &'a [Entry] {
    let quiet = &mut Report::default();
    let found = node.mapping(quiet).unwrap_or_default().iter().find(|entry| entry.key.text == key);
    found.and_then(|entry| entry.value.mapping(quiet)).unwrap_or_default()
}

fn reaches(from: &Role, wanted: &str, roles: &[Role], depth: usize) -> bool {
    let inner = |name: &String| {
        depth > 0 && roles.iter().find(|role| role.name == *name).is_some_and(|role| reaches(role, wanted, roles, depth - 1))
    };
    from.includes.iter().any(|name| name == wanted || inner(name))
}

/// Names of roles that exist.
fn named(node: &Node, names: &[&str], report: &mut Report) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for item in node.items() {
        let Some(name) = item.text(report) else { continue };
        if !names.contains(&name) {
            report.error(item.span, format!("unknown role `{name}`")).hint(suggest::hint(name, "roles", names.iter().copied()));
        } else if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// The value of `roles:`, checked. Without `access:` it would promise what nobody keeps.
pub(super) fn guard(entry: Option<&Entry>, model: &Model<'_>, report: &mut Report) -> Option<Vec<String>> {
    let entry = entry?;
    let Some(access) = &model.access else {
        report
            .error(entry.key.span, "`roles` needs `access:`: without it everything in this dashboard is public")
            .hint("as in `access: { identity: /whoami, roles: { viewer: { groups: [staff] } } }`");
        return None;
    };
    let names: Vec<&str> = access.roles.iter().map(|role| role.name.as_str()).collect();
    if entry.value.items().is_empty() || entry.value.is_null() {
        report.error(entry.key.span, "`roles` names nobody").hint("name at least one role");
        return None;
    }
    // A block with errors has roles that are not known here.
    if names.is_empty() { None } else { Some(named(&entry.value, &names, report)) }
}

/// What can only be said of the whole: too many different dashboards, roles that see nothing, data that is given to more viewers
/// than the views that show it.
pub(super) fn check(access: &Access, dashboard: &Dashboard, entry: &Entry, data: Option<&Node>, report: &mut Report) {
    match access.role_sets(dashboard) {
        Err(n) => {
            let message = format!("the roles lead to {n} or more different dashboards; at most {MAX_ROLE_SETS} are built");
            report.error(entry.key.span, message).hint("let roles include each other, or split the dashboard into several");
        }
        Ok(sets) => {
            exposure::warn(dashboard, &sets, data, report);
            for filter in &dashboard.filters {
                if let Some(page) = sets.iter().find_map(|set| filter::without_own_source(filter, &set.dashboard)) {
                    let (id, source) = (&filter.id, &filter.source);
                    let message =
                        format!("some viewers of the page `{}` see nothing of `{source}`, whose values `{id}` offers", page.title);
                    report.error(entry.key.span, message).hint("give the views of one page that share a filter the same roles");
                }
            }
            for role in &access.roles {
                let sees = |needs: &[std::collections::BTreeSet<String>]| {
                    let groups: Vec<String> = access.given_by(&role.name);
                    needs.iter().all(|any| any.iter().any(|group| groups.contains(group)))
                };
                if !sets.iter().any(|set| sees(&set.needs)) {
                    let span = entry.value.key_span(&["roles", &role.name]).unwrap_or(entry.key.span);
                    report.warning(span, format!("no page is for the role `{}`", role.name)).hint("name it in the `roles:` of a page");
                }
            }
        }
    }
}
