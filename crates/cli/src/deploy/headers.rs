//! Headers that are the same on every server.
use crate::site::Explore;

/// What pages may load and connect to, by their addresses.
pub struct Policies {
    pub site: String,
    /// Of what lies below `/explore/`, where the site has that page.
    pub explore: Option<String>,
}

/// The page /explore asks this server for its own files alone, or every address that begins with https://.
pub fn explore_policy(explore: Explore) -> String {
    match explore {
        Explore::Files => content_security_policy(&[], None),
        Explore::Addresses => content_security_policy(&["https:".to_owned()], None),
    }
}

/// The page has no inline script and no inline style; WebAssembly is all that it compiles. Where sessions are renewed in a hidden frame,
/// `frames` are the origins that it passes through.
pub fn content_security_policy(origins: &[String], frames: Option<&[String]>) -> String {
    let list = |origins: &[String]| origins.iter().map(|origin| format!(" {origin}")).collect::<String>();
    let connect = list(origins);
    let frame = frames.map(|frames| format!("frame-src 'self'{}; ", list(frames))).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'{connect}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; {frame}base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )
}

/// Beside the policy.
pub const SECURITY: [(&str, &str); 6] = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    // Browsers heed it over https alone.
    ("Strict-Transport-Security", "max-age=31536000"),
];

/// The page in which a hidden frame ends: it has nothing, and the site's own pages may frame it.
pub const SIGNED_IN_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// [`SECURITY`] of that page.
pub fn security_of_signed_in() -> impl Iterator<Item = (&'static str, &'static str)> {
    SECURITY.into_iter().map(|(name, value)| (name, if name == "X-Frame-Options" { "SAMEORIGIN" } else { value }))
}

/// What may be kept, and by whom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Its name changes with its content.
    Forever,
    /// After asking whether it is still the same.
    Asking,
    /// It belongs to one viewer.
    Never,
}

impl Keep {
    /// A cache between server and viewers knows nothing of who may see what.
    pub fn value(self, with_roles: bool) -> &'static str {
        match self {
            Self::Forever if with_roles => "private, max-age=31536000, immutable",
            Self::Forever => "public, max-age=31536000, immutable",
            Self::Asking if with_roles => "private, no-cache",
            Self::Asking => "no-cache",
            Self::Never => "no-store",
        }
    }
}

/// The files that are compressed, by extension, with their types. What has no compressed twin is data.
pub const TYPES: [(&str, &str); 6] = [
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("bin", "application/octet-stream"),
];
