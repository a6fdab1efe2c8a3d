//! Apache: a virtual host to include in a server. Later sections stand above earlier ones, so the rule of a path comes last.
use super::Options;
use super::basic::User;
use super::headers::{Keep, Policies, SECURITY, SIGNED_IN_POLICY, TYPES, security_of_signed_in};
use super::rules::{Guarded, Rule, Rules};
use crate::site::{Content, SIGNED_IN};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tarn_spec::{Provider, RoleSet};

pub fn files(
    rules: Option<&Rules<'_>>,
    users: Option<&[User]>,
    policies: &Policies,
    options: &Options,
) -> Result<BTreeMap<String, Content>, String> {
    let mut files = BTreeMap::new();
    let who = Who { rules, users };
    who.check()?;
    if let Some(users) = users {
        let passwords: String = users.iter().map(|user| format!("{}:{}\n", user.name, user.hash)).collect();
        let groups: BTreeSet<&String> = users.iter().flat_map(|user| &user.groups).collect();
        let members =
            |group: &String| users.iter().filter(|user| user.groups.contains(group)).map(|user| user.name.as_str()).collect::<Vec<_>>();
        let groups: String = groups.iter().map(|group| format!("{group}: {}\n", members(group).join(" "))).collect();
        files.insert("passwords".to_owned(), Content::Bytes(passwords.into_bytes()));
        files.insert("groups".to_owned(), Content::Bytes(groups.into_bytes()));
        for user in users {
            let who = json!({ "sub": user.name, "name": user.name, "groups": user.groups });
            files.insert(format!("whoami/{}.json", user.name), Content::Bytes(who.to_string().into_bytes()));
        }
    }
    files.insert("apache.conf".to_owned(), Content::Bytes(who.text(policies, options).into_bytes()));
    Ok(files)
}

struct Who<'a> {
    rules: Option<&'a Rules<'a>>,
    users: Option<&'a [User]>,
}

impl Who<'_> {
    fn check(&self) -> Result<(), String> {
        let Some(rules) = self.rules else { return Ok(()) };
        if !rules.claims.is_empty() {
            return Err(
                "Apache's rules cannot hold a claim against a path\nhint: --target nginx or caddy, or no `{user.…}` in `source:`".into()
            );
        }
        let expected = if self.users.is_some() { Provider::Plain } else { Provider::ModAuthOpenidc };
        if rules.identity.provider != expected {
            return Err(format!(
                "Apache tells the page who the viewer is as `provider: {}`\nhint: write that in `identity:`",
                expected.name()
            ));
        }
        let groups = rules
            .sets
            .iter()
            .flat_map(|set| set.needs.iter().flatten())
            .chain(self.users.into_iter().flatten().flat_map(|user| &user.groups));
        for group in groups {
            // In the file of groups a line that begins with `#` is a comment.
            let is_comment = self.users.is_some() && group.starts_with('#');
            if is_comment || group.chars().any(|c| matches!(c, '"' | '\\' | ':' | '%' | '$') || c.is_control()) {
                return Err(format!("the group `{group}` cannot be written for Apache\nhint: rename it, or map it at the provider"));
            }
        }
        Ok(())
    }

    fn text(&self, policies: &Policies, options: &Options) -> String {
        let policy = &policies.site;
        let (root, with_roles) = (&options.root, self.rules.is_some());
        let (host, port) = options.listen.rsplit_once(':').unwrap_or(("*", &options.listen));
        let listen = if host == "*" { port.to_owned() } else { format!("{host}:{port}") };
        let mut security = format!("    Header always set Content-Security-Policy \"{policy}\"\n");
        for (name, value) in SECURITY {
            let _ = writeln!(security, "    Header always set {name} \"{value}\"");
        }
        let types: String = TYPES.iter().map(|(extension, kind)| format!("    AddType \"{kind}\" .{extension}\n")).collect();
        let everybody = if with_roles { "valid-user" } else { "all granted" };
        let fallback = if with_roles { "all denied" } else { "all granted" };
        format!(
            r#"# Written by `tarn build --target apache`: change the dashboard file and build again. It needs the modules authz_core, dir,
# headers, mime, rewrite{modules}.
Listen {listen}
<VirtualHost {host}:{port}>
    DocumentRoot "{root}/public"
    DirectoryIndex index.html
    AllowEncodedSlashes Off
    ServerSignature Off
    FileETag MTime Size
    # Who asked for what, and what became of it.
    LogFormat "{{\"time\":\"%{{%Y-%m-%dT%H:%M:%S%z}}t\",\"user\":\"%u\",\"address\":\"%a\",\"method\":\"%m\",\"path\":\"%U%q\",\"status\":%>s,\"bytes\":%B}}" tarn_audit
    CustomLog /dev/stdout tarn_audit
{security}    AddEncoding br .br
    AddEncoding gzip .gz
{types}    RemoveLanguage .br
    # Every file of the page has a brotli and a gzip twin.
    RewriteEngine On
    RewriteRule "^/$" "/index.html"
{explore_index}    RewriteCond "%{{HTTP:Accept-Encoding}}" "\bbr\b"
    RewriteRule "^/((?:roles/[0-9a-f]+/|explore/)?[^/]+\.(?:html|js|css|wasm|svg|bin))$" "{root}/public/$1.br" [L]
    RewriteCond "%{{HTTP:Accept-Encoding}}" "\bgzip\b"
    RewriteRule "^/((?:roles/[0-9a-f]+/|explore/)?[^/]+\.(?:html|js|css|wasm|svg|bin))$" "{root}/public/$1.gz" [L]
    RewriteRule "^/healthz$" "{root}/health.txt" [L]
{signing_in}    <Directory "{root}">
        Options None
        AllowOverride None
        Require all granted
    </Directory>
    <Location "/">
{auth}        Require {fallback}
        Header always set Cache-Control "{asking}"
        Header always append Vary Accept-Encoding
    </Location>
    <LocationMatch "^/(?:index\.html|sw\.js)?$">
        Require {everybody}
    </LocationMatch>
    <LocationMatch "^/(?!sw\.js$)[^/]+\.(?:js|css|wasm|svg|bin)$">
        Require {everybody}
        Header always unset Cache-Control
        Header set Cache-Control "{forever}"
    </LocationMatch>
{explore}{signed_in}{guarded}    <Location "/healthz">
        AuthType None
        Require all granted
    </Location>
</VirtualHost>
"#,
            modules = self.modules(),
            signing_in = self.signing_in(root),
            auth = self.auth(root),
            asking = Keep::Asking.value(with_roles),
            forever = Keep::Forever.value(with_roles),
            explore_index = if policies.explore.is_some() { "    RewriteRule \"^/explore/$\" \"/explore/index.html\"\n" } else { "" },
            explore = policies.explore.as_ref().map(|policy| explore(policy, everybody, with_roles)).unwrap_or_default(),
            signed_in = self.signed_in(),
            guarded = self.guarded(),
        )
    }

    fn modules(&self) -> &'static str {
        match (self.rules, self.users) {
            (None, _) => "",
            (Some(_), None) => " and auth_openidc",
            (Some(_), Some(_)) => ", auth_basic, authn_file, authz_groupfile and authz_user",
        }
    }

    fn auth(&self, root: &str) -> String {
        match (self.rules, self.users) {
            (None, _) => String::new(),
            // What a script asks for is told that nobody is signed in; a navigation is sent to the login.
            (Some(_), None) => {
                "        AuthType openid-connect\n        OIDCUnAuthAction 401 \"%{HTTP:Sec-Fetch-Mode} != 'navigate'\"\n".into()
            }
            (Some(_), Some(_)) => format!(
                "        AuthType Basic\n        AuthName Dashboards\n        AuthBasicProvider file\n        AuthUserFile \"{root}/passwords\"\n        AuthGroupFile \"{root}/groups\"\n"
            ),
        }
    }

    fn signing_in(&self, root: &str) -> String {
        let Some(rules) = self.rules else { return String::new() };
        let whoami = rules.identity.url.split('?').next().unwrap_or_default();
        if self.users.is_some() {
            return format!("    RewriteRule \"^{}$\" \"{root}/whoami/%{{LA-U:REMOTE_USER}}.json\" [L]\n", escaped(whoami));
        }
        format!(
            "    # The provider's address, the client's name and secret, the cookie's passphrase: yours, and in no build.\n    Include \"{root}-oidc.conf\"\n    OIDCRedirectURI {whoami}\n    OIDCInfoHook userinfo id_token\n    OIDCCookieSameSite On\n"
        )
    }

    /// The page that a hidden frame ends in.
    fn signed_in(&self) -> String {
        if self.rules.is_none_or(|rules| rules.identity.silent_login.is_none()) {
            return String::new();
        }
        let mut text = format!(
            "    <Location \"/{SIGNED_IN}\">\n        Require valid-user\n        Header always set Cache-Control no-store\n        Header always set Content-Security-Policy \"{SIGNED_IN_POLICY}\"\n"
        );
        for (name, value) in security_of_signed_in() {
            let _ = writeln!(text, "        Header always set {name} \"{value}\"");
        }
        text + "    </Location>\n"
    }

    fn guarded(&self) -> String {
        let Some(rules) = self.rules else { return String::new() };
        let whoami = rules.identity.url.split('?').next().unwrap_or_default();
        let mut text = format!(
            "    <Location \"{whoami}\">\n        Require valid-user\n        Header always set Cache-Control no-store\n    </Location>\n"
        );
        let mut paths: Vec<(&Guarded, &Rule)> = rules.paths.iter().collect();
        // The longer one is the more special.
        paths.sort_by_key(|(path, _)| pattern(path).len());
        for (path, rule) in paths {
            let is_dashboard = matches!(path, Guarded::Folder(folder) if folder.starts_with("roles/"));
            let mut any = String::new();
            for (at, set) in rules.sets.iter().enumerate().filter(|(_, set)| rule.sets.contains(&set.id)) {
                // Whoever may see more has a dashboard of their own.
                let above = if is_dashboard { rules.sets.get(..at).unwrap_or_default() } else { &[] };
                any += &self.meets(set, above);
            }
            if any.is_empty() {
                any = "        Require all denied\n".into();
            }
            let _ = write!(
                text,
                "    <LocationMatch \"{}\">\n        <RequireAny>\n{any}        </RequireAny>\n        Header always set Cache-Control no-store\n    </LocationMatch>\n",
                pattern(path)
            );
        }
        text
    }

    /// A condition that viewers meet who are in one group of every list, and who do not meet those of the sets above.
    fn meets(&self, set: &RoleSet, above: &[&RoleSet]) -> String {
        let mut text = String::from("        <RequireAll>\n");
        for any in &set.needs {
            text += "            <RequireAny>\n";
            for group in any {
                let _ = match self.users {
                    Some(_) => writeln!(text, "                Require group \"{group}\""),
                    None => writeln!(text, "                Require claim \"groups:{group}\""),
                };
            }
            text += "            </RequireAny>\n";
        }
        if !above.is_empty() {
            text += "            <RequireNone>\n";
            above.iter().for_each(|other| text += &self.meets(other, &[]));
            text += "            </RequireNone>\n";
        }
        text + "        </RequireAll>\n"
    }
}

/// Whoever may open the site may open this page: it holds nothing of it.
fn explore(policy: &str, everybody: &str, with_roles: bool) -> String {
    format!(
        "    <LocationMatch \"^/explore(?:/(?:index\\.html|[^/]+\\.js)?)?$\">\n        Require {everybody}\n        Header always set Content-Security-Policy \"{policy}\"\n    </LocationMatch>\n    <LocationMatch \"^/explore/[^/]+\\.js$\">\n        Header always unset Cache-Control\n        Header set Cache-Control \"{}\"\n    </LocationMatch>\n",
        Keep::Forever.value(with_roles)
    )
}

fn pattern(path: &Guarded) -> String {
    match path {
        Guarded::Folder(folder) => format!("^/{}", escaped(folder)),
        Guarded::File(file) => format!("^/{}$", escaped(file)),
        // Refused before.
        Guarded::Claimed(claimed) => format!("^/{}", escaped(claimed.start())),
    }
}

/// As a regular expression that matches this text alone, in letters that Apache's quotes leave alone.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || byte == b'/' { char::from(byte).to_string() } else { format!("\\x{byte:02x}") })
        .collect()
}
