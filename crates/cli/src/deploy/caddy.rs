//! Caddy: the service that knows the viewer is asked about every request, then the first rule that fits decides.
use super::Options;
use super::headers::{Keep, Policies, SECURITY, SIGNED_IN_POLICY, security_of_signed_in};
use super::rules::{Claimed, Guarded, Rule, Rules, service_paths};
use crate::site::{EXPLORE, SIGNED_IN};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The Caddyfile. Without rules the site is public.
pub fn caddyfile(rules: Option<&Rules<'_>>, policies: &Policies, options: &Options) -> Result<String, String> {
    let (host, port) = options.listen.rsplit_once(':').map_or((None, options.listen.as_str()), |(host, port)| (Some(host), port));
    let bind = host.map(|host| format!("\tbind {host}\n")).unwrap_or_default();
    let root = &options.root;
    let headers = header_block(&policies.site, SECURITY.into_iter());
    let silent = rules.is_some_and(|rules| rules.identity.silent_login.is_some());
    // Pages with headers of their own, each with them.
    let mut own = vec![];
    if silent {
        own.push((format!("/{SIGNED_IN}"), header_block(SIGNED_IN_POLICY, security_of_signed_in())));
    }
    if let Some(policy) = &policies.explore {
        own.push((format!("/{EXPLORE}*"), header_block(policy, SECURITY.into_iter())));
    }
    let mut framed = String::new();
    if !own.is_empty() {
        let paths: Vec<&str> = own.iter().map(|(path, _)| path.as_str()).collect();
        let _ = writeln!(framed, "\t@others not path {}", paths.join(" "));
    }
    for (path, headers) in &own {
        let _ = write!(framed, "\theader {path} {{\n{headers}\t\t-Server\n\t}}\n");
    }
    let others = if own.is_empty() { "" } else { "@others " };
    let signed_in = if silent { signed_in() } else { String::new() };
    let explore = if policies.explore.is_some() { explore(rules.is_some()) } else { String::new() };
    let (signing_in, guarded) = match rules {
        Some(rules) => (signing_in(rules, &options.auth_at)?, guarded(rules)?),
        None => (String::new(), String::new()),
    };
    let with_roles = rules.is_some();
    let rest = if with_roles {
        format!("{}\t\trespond 404\n", header(Keep::Never, with_roles))
    } else {
        format!("{}\t\tfile_server\n", header(Keep::Asking, with_roles))
    };
    Ok(format!(
        r#"# Written by `tarn build --target caddy`: change the dashboard file and build again.
{{
	admin off
	auto_https off
}}

http://:{port} {{
{bind}	root * {root}/public
	# Who asked for what, and what became of it. Cookies and passwords are left out by Caddy.
	log {{
		output stdout
		format json
	}}
{framed}	header {others}{{
{headers}		-Server
	}}
	# In this order, and no other.
	route {{
		respond /healthz "ok" 200
{signing_in}{guarded}{signed_in}
{explore}		@page path / /index.html
		handle @page {{
		{asking}			rewrite * /index.html
			file_server {{
				precompressed br gzip
			}}
		}}
		@worker path /sw.js
		handle @worker {{
		{asking}			file_server {{
				precompressed br gzip
			}}
		}}
		@code path_regexp ^/[^/]+\.(js|css|wasm|svg|bin)$
		handle @code {{
		{forever}			file_server {{
				precompressed br gzip
			}}
		}}
{rest}	}}
	# What is missing now may be there after the next build: nobody keeps that.
	handle_errors {{
		header {{
{headers}			Cache-Control no-store
			-Server
		}}
		respond {{http.error.status_code}}
	}}
}}
"#,
        asking = header(Keep::Asking, with_roles),
        forever = header(Keep::Forever, with_roles),
    ))
}

fn header_block(policy: &str, security: impl Iterator<Item = (&'static str, &'static str)>) -> String {
    let mut text = format!("\t\tContent-Security-Policy \"{policy}\"\n");
    for (name, value) in security {
        let _ = writeln!(text, "\t\t{name} \"{value}\"");
    }
    text
}

/// Whoever may open the site may open this page: it holds nothing of it.
fn explore(with_roles: bool) -> String {
    let (asking, forever) = (header(Keep::Asking, with_roles), header(Keep::Forever, with_roles));
    let server = "\t\t\tfile_server {\n\t\t\t\tprecompressed br gzip\n\t\t\t}\n";
    format!(
        "\t\tredir /explore explore/ 301\n\t\t@explore path /explore/ /explore/index.html\n\t\thandle @explore {{\n\t{asking}\t\t\trewrite * /explore/index.html\n{server}\t\t}}\n\t\t@explored path_regexp ^/explore/[^/]+\\.js$\n\t\thandle @explored {{\n\t{forever}{server}\t\t}}\n"
    )
}

fn signed_in() -> String {
    format!("\n\t\thandle /{SIGNED_IN} {{\n\t{}\t\t\tfile_server\n\t\t}}", header(Keep::Never, true))
}

fn header(keep: Keep, with_roles: bool) -> String {
    format!("\t\theader Cache-Control \"{}\"\n", keep.value(with_roles))
}

/// Headers of these names that a browser sends are overwritten, also where the service sends none.
fn signing_in(rules: &Rules<'_>, at: &str) -> Result<String, String> {
    let (check, start) = service_paths(rules.identity);
    let whoami = rules.identity.url.split('?').next().unwrap_or_default();
    let mut known = vec!["User".to_owned(), "Groups".to_owned()];
    known.extend(rules.claims.iter().map(|claim| header_part(claim)));
    let copied: String = known
        .iter()
        .map(|name| format!("\t\t\t\trequest_header X-Auth-Request-{name} {{http.reverse_proxy.header.X-Auth-Request-{name}}}\n"))
        .collect();
    let conditions: BTreeSet<&BTreeSet<String>> = rules.sets.iter().flat_map(|set| &set.needs).collect();
    let mut maps = String::new();
    for (at, groups) in conditions.iter().enumerate() {
        let any = groups.iter().map(|group| pattern(group)).collect::<Result<Vec<_>, _>>()?;
        let _ = write!(
            maps,
            "\t\tmap {{http.request.header.X-Auth-Request-Groups}} {{tarn_meets_{at}}} {{\n\t\t\t~(^|,)\\s*({})\\s*(,|$) 1\n\t\t\tdefault 0\n\t\t}}\n",
            any.join("|")
        );
    }
    let all: String = (0..conditions.len()).map(|at| format!("{{tarn_meets_{at}}}")).collect();
    let _ = writeln!(maps, "\t\tmap {all} {{tarn_set}} {{");
    for set in &rules.sets {
        let needed: String = conditions.iter().map(|condition| if set.needs.contains(*condition) { '1' } else { '.' }).collect();
        let _ = writeln!(maps, "\t\t\t~^{needed}$ {}", set.id);
    }
    maps += "\t\t\tdefault none\n\t\t}\n";
    Ok(format!(
        r#"		@service path /oauth2/* {whoami}
		reverse_proxy @service {at}
		reverse_proxy {at} {{
			method GET
			rewrite {check}
			header_up X-Forwarded-Uri {{http.request.orig_uri}}
			@known status 2xx
			handle_response @known {{
{copied}			}}
			handle_response {{
				route {{
					@navigates header Sec-Fetch-Mode navigate
					reverse_proxy @navigates {at} {{
						rewrite {start}
						header_up X-Auth-Request-Redirect {{http.request.orig_uri}}
					}}
					header Cache-Control no-store
					respond 401
				}}
			}}
		}}
{maps}"#
    ))
}

fn guarded(rules: &Rules<'_>) -> Result<String, String> {
    let mut paths: Vec<(&Guarded, &Rule)> = rules.paths.iter().collect();
    // What is more special decides first; the partitions' own text is never part of another rule.
    paths.sort_by_key(|(path, _)| {
        std::cmp::Reverse(match path {
            Guarded::File(path) => (1, path.len()),
            Guarded::Folder(path) => (0, path.len()),
            Guarded::Claimed(claimed) => (1, claimed.start().len()),
        })
    });
    let mut text = String::new();
    for (at, (path, rule)) in paths.into_iter().enumerate() {
        let (matcher, same) = match path {
            Guarded::Folder(folder) => (format!("path_regexp ^/{}", pattern(folder)?), String::new()),
            Guarded::File(file) => (format!("path_regexp ^/{}$", pattern(file)?), String::new()),
            Guarded::Claimed(claimed) => claimed_matcher(at, claimed)?,
        };
        let sets: Vec<&str> = rule.sets.iter().map(String::as_str).collect();
        let sets = if sets.is_empty() { "nobody".to_owned() } else { sets.join(" ") };
        let _ = write!(
            text,
            "\t\t@guarded_{at} {matcher}\n\t\thandle @guarded_{at} {{\n\t\t\theader Cache-Control no-store\n\t\t\t@may_{at} {{\n\t\t\t\tvars {{tarn_set}} {sets}\n{same}\t\t\t}}\n\t\t\thandle @may_{at} {{\n\t\t\t\tfile_server {{\n\t\t\t\t\tprecompressed br gzip\n\t\t\t\t}}\n\t\t\t}}\n\t\t\trespond 403\n\t\t}}\n"
        );
    }
    Ok(text)
}

/// Partitions are told apart by what the path holds in the place of the claim.
fn claimed_matcher(at: usize, claimed: &Claimed) -> Result<(String, String), String> {
    let mut path = String::from("^/");
    for (n, part) in claimed.texts.iter().enumerate() {
        path += &pattern(part)?;
        if n < claimed.claims.len() {
            path += "([^/]+)";
        }
    }
    let same = claimed.claims.iter().enumerate().map(|(n, claim)| {
        format!("\t\t\t\texpression `{{re.part_{at}.{}}} == {{http.request.header.X-Auth-Request-{}}}`\n", n + 1, header_part(claim))
    });
    let end = if claimed.is_folder { "" } else { "$" };
    Ok((format!("path_regexp part_{at} {path}{end}"), same.collect()))
}

/// A claim's name as a header spells it: answers of a service are looked up by exactly that.
fn header_part(claim: &str) -> String {
    let parts = claim.split('_').map(|part| {
        let mut chars = part.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect::<String>())
    });
    parts.collect::<Vec<_>>().join("-")
}

/// As a regular expression that matches this text alone, without a letter that means something to Caddy.
fn pattern(text: &str) -> Result<String, String> {
    if text.contains(',') {
        return Err(format!("groups travel as a list joined by commas: `{text}` holds one\nhint: rename it, or map it at the provider"));
    }
    let one = |c: char| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\x{{{:x}}}", u32::from(c)) };
    Ok(text.chars().map(one).collect())
}
