//! Whose worker this is: the start-up script says so in the worker's name.
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = self, js_name = name)]
    static NAME: Option<String>;
}

/// A viewer of a site with roles; nobody on a public one.
#[derive(Default)]
pub struct Viewer {
    /// Nothing is kept for two viewers in one database. Empty on a public site.
    key: String,
    /// Name and value, the value percent-encoded.
    claims: Vec<(String, String)>,
}

impl Viewer {
    pub fn of_this_worker() -> Self {
        NAME.with(|name| name.as_deref().map(Self::parse).unwrap_or_default())
    }

    /// `key`, or `key?name=value&name=value`.
    pub fn parse(name: &str) -> Self {
        let (key, claims) = name.split_once('?').unwrap_or((name, ""));
        let claims = claims.split('&').filter_map(|claim| claim.split_once('='));
        let claims = claims.filter(|(_, value)| fits(value)).map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { key: key.to_owned(), claims: claims.collect() }
    }

    /// The database of this viewer, of that kind.
    pub fn database(&self, kind: &str) -> String {
        if self.key.is_empty() { kind.to_owned() } else { format!("{kind}-{}", self.key) }
    }

    /// The location with this viewer's claims in the place of `{user.name}`. One that the viewer has not stays, so that the
    /// store has no such file.
    pub fn fill(&self, location: &str) -> String {
        self.claims.iter().fold(location.to_owned(), |filled, (name, value)| filled.replace(&format!("{{user.{name}}}"), value))
    }
}

/// Whether a value chooses a folder or a file, and nothing else: no separator, no way up, nothing that ends a path.
fn fits(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%!*'()".contains(&byte);
    let lower = value.to_ascii_lowercase();
    let ends_path = ["%2f", "%5c", "%00"].iter().any(|coded| lower.contains(coded));
    !matches!(value, "" | "." | "..") && value.bytes().all(plain) && !ends_path
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn claims_fill_locations_and_nothing_else() {
        let viewer = Viewer::parse("a1-b2-c3?region=north%20east&team=..&other=a%2Fb&last=");
        assert_eq!(viewer.database("tarn-1"), "tarn-1-a1-b2-c3");
        assert_eq!(viewer.fill("data/region={user.region}/manifest.json"), "data/region=north%20east/manifest.json");
        for location in ["data/{user.team}/x", "data/{user.other}/x", "data/{user.last}/x", "data/{user.unknown}/x", "{region}"] {
            assert_eq!(viewer.fill(location), location);
        }
    }

    #[wasm_bindgen_test]
    fn a_public_site_keeps_its_database() {
        let viewer = Viewer::parse("");
        assert_eq!(viewer.database("tarn-1"), "tarn-1");
        assert_eq!(viewer.fill("data/{user.region}/x"), "data/{user.region}/x");
    }
}
