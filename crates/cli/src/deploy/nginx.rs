//! nginx, unprivileged, with its own modules alone: everybody signs in, then paths are given away by role set.
//!
//! Groups are known when the subrequest to the service that knows the viewer has been answered, or the password was checked.
//! `if` and `return` run before that; `try_files` runs after it: so paths are allowed by the variables in `try_files`.
mod explore;
mod patterns;

use super::Options;
use super::basic::User;
use super::headers::{Keep, Policies, SECURITY, SIGNED_IN_POLICY, TYPES, security_of_signed_in};
use super::rules::{Guarded, Rules, service_paths};
use crate::site::{Content, SERVICE_WORKER, SIGNED_IN};
use patterns::{claimed_pattern, comment, in_list, may, quoted};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tarn_spec::Provider;

pub enum SigningIn<'a> {
    /// The site is public.
    Nobody,
    /// The service at that address answers who the viewer is.
    Proxy {
        rules: &'a Rules<'a>,
        at: &'a str,
    },
    Basic {
        rules: &'a Rules<'a>,
        users: Vec<User>,
    },
}

/// The configuration, and what it reads.
pub fn files(signing_in: &SigningIn<'_>, policies: &Policies, options: &Options) -> Result<BTreeMap<String, Content>, String> {
    let mut files = BTreeMap::new();
    if let SigningIn::Basic { rules, users } = signing_in {
        if rules.identity.provider != Provider::Plain || !rules.claims.is_empty() {
            return Err(
                "passwords know names and groups alone\nhint: write `identity:` as a path, such as /whoami, and no `{user.…}` in `source:`"
                    .into(),
            );
        }
        let passwords: String = users.iter().map(|user| format!("{}:{}\n", user.name, user.hash)).collect();
        files.insert("passwords".into(), Content::Bytes(passwords.into_bytes()));
        for user in users {
            let who = json!({ "sub": user.name, "name": user.name, "groups": user.groups });
            files.insert(format!("whoami/{}.json", user.name), Content::Bytes(who.to_string().into_bytes()));
        }
    }
    let text = Config { signing_in, policies, options }.text()?;
    files.insert("nginx.conf".into(), Content::Bytes(text.into_bytes()));
    Ok(files)
}

struct Config<'a> {
    signing_in: &'a SigningIn<'a>,
    policies: &'a Policies,
    options: &'a Options,
}

impl Config<'_> {
    fn rules(&self) -> Option<&Rules<'_>> {
        match self.signing_in {
            SigningIn::Nobody => None,
            SigningIn::Proxy { rules, .. } | SigningIn::Basic { rules, .. } => Some(rules),
        }
    }

    fn text(&self) -> Result<String, String> {
        let maps = self.maps()?;
        let (server, public) = (self.signing_in_text(), self.public());
        let guarded = self.rules().map(|rules| self.guarded(rules)).transpose()?.unwrap_or_default();
        let (listen, root) = (&self.options.listen, &self.options.root);
        Ok(format!(
            r#"# Written by `tarn build --target nginx`: change the dashboard file and build again.
worker_processes auto;
pid /tmp/nginx.pid;
error_log stderr warn;
# A viewer's browser keeps up to six connections for a while.
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}

http {{
    # Nothing is written but to /tmp: the container's other files are read-only.
    client_body_temp_path /tmp/nginx-body;
    proxy_temp_path /tmp/nginx-proxy;
    fastcgi_temp_path /tmp/nginx-fastcgi;
    uwsgi_temp_path /tmp/nginx-uwsgi;
    scgi_temp_path /tmp/nginx-scgi;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    etag on;
    client_max_body_size 64k;
    variables_hash_max_size 8192;
    types {{ }}
    default_type application/octet-stream;

    # Who asked for what, and what became of it.
    log_format audit escape=json '{{"time":"$time_iso8601","user":"{user}","address":"$remote_addr","method":"$request_method","path":"$request_uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"agent":"$http_user_agent"}}';
    access_log /dev/stdout audit;

    # Every file of the page has a brotli and a gzip twin.
    map $http_accept_encoding $tarn_coding {{
        default "";
        "~*\bbr\b" .br;
        "~*\bgzip\b" .gz;
    }}
    map $tarn_coding $tarn_coded {{
        default "";
        .br br;
        .gz gzip;
    }}
{maps}
    server {{
        listen {listen};
        server_name _;
        root {root}/public;
        absolute_redirect off;
{server}
        location = /healthz {{
            {off}access_log off;
            default_type text/plain;
            return 200 "ok\n";
        }}
{public}{guarded}    }}
}}
"#,
            user = if self.rules().is_some() { "$tarn_user" } else { "" },
            off = self.signing_in_off(),
        ))
    }

    fn signing_in_off(&self) -> &'static str {
        match self.signing_in {
            SigningIn::Nobody => "",
            SigningIn::Proxy { .. } => "auth_request off; ",
            SigningIn::Basic { .. } => "auth_basic off; ",
        }
    }

    /// Groups to role set, role set to paths.
    fn maps(&self) -> Result<String, String> {
        let Some(rules) = self.rules() else { return Ok(String::new()) };
        let mut text = String::from("\n    # Which conditions on groups a viewer meets.\n");
        let conditions: BTreeSet<&BTreeSet<String>> = rules.sets.iter().flat_map(|set| &set.needs).collect();
        for (at, groups) in conditions.iter().enumerate() {
            let _ = writeln!(text, "    map $tarn_groups $tarn_meets_{at} {{\n        default 0;");
            // A line for each: nginx takes no parameter of more than 4096 bytes.
            for group in *groups {
                let _ = writeln!(text, "        \"{}\" 1;", in_list(group)?);
            }
            text += "    }\n";
        }
        let met: String = (0..conditions.len()).map(|at| format!("$tarn_meets_{at}")).collect();
        let _ = writeln!(
            text,
            "\n    # The role set of a viewer: the first whose every condition is met.\n    map \"{met}\" $tarn_set {{\n        default \"\";"
        );
        for set in &rules.sets {
            let pages: Vec<&str> = set.dashboard.pages.iter().map(|page| page.title.as_str()).collect();
            let needed: String = conditions.iter().map(|condition| if set.needs.contains(*condition) { '1' } else { '.' }).collect();
            let _ = writeln!(text, "        # {}\n        \"~^{needed}$\" {};", comment(&pages.join(", ")), set.id);
        }
        text += "    }\n";
        match self.signing_in {
            SigningIn::Basic { users, .. } => {
                text += "    map $remote_user $tarn_user { default $remote_user; }\n    map $remote_user $tarn_groups {\n        default \"\";\n";
                for user in users {
                    if let Some(group) = user.groups.iter().find(|group| group.contains(['"', '\\', '$', ','])) {
                        return Err(format!("the group `{group}` of `{}` cannot be written for nginx", user.name));
                    }
                    let _ = writeln!(text, "        \"{}\" \"{}\";", user.name, user.groups.join(","));
                }
                text += "    }\n";
            }
            SigningIn::Proxy { .. } => {
                text += "    # A navigation is sent to the login; what a script asks for is told that nobody is signed in.\n    map $http_sec_fetch_mode $tarn_on_401 {\n        default /.tarn/401;\n        navigate @tarn_login;\n    }\n";
            }
            SigningIn::Nobody => {}
        }
        text += "\n    # What stands before a path: nothing where it may be read, else a folder that is not there.\n";
        for (at, (path, rule)) in rules.paths.iter().enumerate() {
            text += &may(at, path, rule);
        }
        Ok(text)
    }

    fn signing_in_text(&self) -> String {
        let statuses = |off: &str| {
            [401, 403, 404]
                .map(|code| {
                    format!(
                        "        location = /.tarn/{code} {{ internal; {off}add_header Cache-Control no-store always; return {code}; }}\n"
                    )
                })
                .concat()
        };
        match self.signing_in {
            SigningIn::Nobody => String::new(),
            SigningIn::Basic { rules, .. } => {
                let root = &self.options.root;
                format!(
                    "\n        auth_basic \"Dashboards\";\n        auth_basic_user_file {root}/passwords;\n{}        location = {} {{\n            root {root}/whoami;\n            default_type application/json;\n            {}\n            try_files /$remote_user.json /.tarn/403;\n        }}\n",
                    statuses("auth_basic off; "),
                    quoted(&rules.identity.url),
                    self.headers(Keep::Never),
                )
            }
            SigningIn::Proxy { rules, at } => {
                let claims: String = rules
                    .claims
                    .iter()
                    .map(|claim| {
                        format!("        auth_request_set $tarn_claim_{claim} $upstream_http_x_auth_request_{};\n", claim.to_lowercase())
                    })
                    .collect();
                let (check, start) = service_paths(rules.identity);
                let whoami = rules.identity.url.split('?').next().unwrap_or_default();
                let own = if whoami.starts_with("/oauth2/") { String::new() } else { self.forwarded(&format!("= {}", quoted(whoami)), at) };
                format!(
                    r#"
        auth_request /.tarn/auth;
        auth_request_set $tarn_user $upstream_http_x_auth_request_user;
        auth_request_set $tarn_groups $upstream_http_x_auth_request_groups;
{claims}        error_page 401 = $tarn_on_401;
        location = /.tarn/auth {{
            internal;
            auth_request off;
            proxy_pass http://{at}{check};
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Uri $request_uri;
        }}
        location @tarn_login {{
            auth_request off;
            rewrite ^ {start}? break;
            proxy_pass http://{at};
            proxy_set_header Host $http_host;
            proxy_set_header X-Auth-Request-Redirect $request_uri;
        }}
{oauth2}{own}{statuses}"#,
                    oauth2 = self.forwarded("/oauth2/", at),
                    statuses = statuses("auth_request off; "),
                )
            }
        }
    }

    /// A location that the service answers itself.
    fn forwarded(&self, location: &str, at: &str) -> String {
        format!(
            "        location {location} {{\n            auth_request off;\n            proxy_pass http://{at};\n            proxy_set_header Host $http_host;\n            proxy_set_header X-Forwarded-Uri $request_uri;\n            add_header Cache-Control no-store;\n        }}\n"
        )
    }

    /// What everybody who is signed in, or everybody, may read: the page, and nothing that is not named here.
    fn public(&self) -> String {
        let mut text = String::new();
        for (extension, kind) in TYPES.iter().filter(|(extension, _)| *extension != "html") {
            let _ = write!(
                text,
                "        location ~ \"^/[^/]+\\.{extension}$\" {{\n            default_type \"{kind}\";\n            {}\n            add_header Content-Encoding $tarn_coded;\n            add_header Vary Accept-Encoding always;\n            try_files $uri$tarn_coding =404;\n        }}\n",
                self.headers(Keep::Forever)
            );
        }
        let _ = write!(
            text,
            "        location = /{SERVICE_WORKER} {{\n            default_type \"text/javascript; charset=utf-8\";\n            {}\n            add_header Content-Encoding $tarn_coded;\n            add_header Vary Accept-Encoding always;\n            try_files $uri$tarn_coding =404;\n        }}\n",
            self.headers(Keep::Asking)
        );
        let _ = write!(
            text,
            "        location ~ \"^/(index\\.html)?$\" {{\n            default_type \"text/html; charset=utf-8\";\n            {}\n            add_header Content-Encoding $tarn_coded;\n            add_header Vary Accept-Encoding always;\n            try_files /index.html$tarn_coding =404;\n        }}\n",
            self.headers(Keep::Asking)
        );
        if self.rules().is_some_and(|rules| rules.identity.silent_login.is_some()) {
            let _ = write!(
                text,
                "        location = /{SIGNED_IN} {{\n            default_type \"text/html; charset=utf-8\";\n            {}\n            try_files $uri =404;\n        }}\n",
                self.header_lines(Keep::Never, SIGNED_IN_POLICY, security_of_signed_in())
            );
        }
        text += &self.explore();
        let _ = match self.rules() {
            // Every file of data has a rule of its own.
            Some(_) => writeln!(text, "        location / {{ try_files /.tarn/refused /.tarn/404; }}"),
            None => write!(
                text,
                "        location / {{\n            {}\n            try_files $uri =404;\n        }}\n",
                self.headers(Keep::Asking)
            ),
        };
        text
    }

    fn guarded(&self, rules: &Rules<'_>) -> Result<String, String> {
        let mut text = String::new();
        for (at, path) in rules.paths.keys().enumerate() {
            let is_dashboard = matches!(path, Guarded::Folder(folder) if folder.starts_with("roles/"));
            // A dashboard has compressed twins, data has none.
            let (coding, coded) = if is_dashboard {
                (
                    "$tarn_coding",
                    "\n            add_header Content-Encoding $tarn_coded;\n            add_header Vary Accept-Encoding always;",
                )
            } else {
                ("", "")
            };
            let inner = format!("{}{coded}\n            try_files $tarn_may_{at}$uri{coding} $tarn_miss_{at};", self.headers(Keep::Never));
            let _ = match path {
                Guarded::Folder(folder) => {
                    write!(text, "        location ^~ {} {{\n            {inner}\n        }}\n", quoted(&format!("/{folder}")))
                }
                Guarded::File(file) => {
                    write!(text, "        location = {} {{\n            {inner}\n        }}\n", quoted(&format!("/{file}")))
                }
                Guarded::Claimed(claimed) => {
                    let start = quoted(&format!("/{}", claimed.start()));
                    let pattern = claimed_pattern(at, claimed);
                    write!(
                        text,
                        "        location ^~ {start} {{\n            location ~ \"{pattern}\" {{\n            {inner}\n            }}\n            try_files /.tarn/refused /.tarn/404;\n        }}\n"
                    )
                }
            };
        }
        Ok(text)
    }

    /// A location with headers of its own has none of those outside: every one gets all.
    fn headers(&self, keep: Keep) -> String {
        self.header_lines(keep, &self.policies.site, SECURITY.into_iter())
    }

    fn header_lines(&self, keep: Keep, policy: &str, security: impl Iterator<Item = (&'static str, &'static str)>) -> String {
        let with_roles = self.rules().is_some();
        let mut lines = vec![
            format!("add_header Cache-Control \"{}\";", keep.value(with_roles)),
            format!("add_header Content-Security-Policy \"{policy}\" always;"),
        ];
        lines.extend(security.map(|(name, value)| format!("add_header {name} \"{value}\" always;")));
        lines.join("\n            ")
    }
}
