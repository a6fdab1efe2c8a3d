//! The page /explore. Whoever may open the site may open it: it holds nothing of the site.
use super::Config;
use crate::deploy::headers::{Keep, SECURITY};

impl Config<'_> {
    pub fn explore(&self) -> String {
        let Some(policy) = &self.policies.explore else { return String::new() };
        let file = |location: &str, kind: &str, keep: Keep, path: &str| {
            format!(
                "        location {location} {{\n            default_type \"{kind}; charset=utf-8\";\n            {}\n            add_header Content-Encoding $tarn_coded;\n            add_header Vary Accept-Encoding always;\n            try_files {path}$tarn_coding =404;\n        }}\n",
                self.header_lines(keep, policy, SECURITY.into_iter())
            )
        };
        let page = file("~ \"^/explore/(index\\.html)?$\"", "text/html", Keep::Asking, "/explore/index.html");
        let worker = file("~ \"^/explore/[^/]+\\.js$\"", "text/javascript", Keep::Forever, "$uri");
        format!("        location = /explore {{ return 301 explore/; }}\n{page}{worker}")
    }
}
