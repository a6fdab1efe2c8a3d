use crate::guess;
use crate::profile::Profile;
use crate::text::{self, Shape};
use tarn_dashboard::Dashboard;

/// A dashboard file and what it compiles to.
pub struct Draft {
    pub yaml: String,
    pub dashboard: Dashboard,
}

/// The dashboard for data of that name at these addresses. `tarn fmt` changes nothing in its text. `Err`: what is wrong with it,
/// which is an error of this program's.
pub fn draft(name: &str, sources: &[String], profile: &Profile, shape: Shape, locale: Option<&str>) -> Result<Draft, String> {
    let yaml = text::write(name, sources, profile, &guess::guess(profile), shape, locale);
    let yaml = tarn_spec::format("draft", yaml.as_bytes()).unwrap_or(yaml);
    let compiled = tarn_spec::compile("dashboard.yaml", yaml.as_bytes());
    match compiled.dashboard {
        Some(dashboard) => Ok(Draft { yaml, dashboard }),
        None => {
            let found = tarn_spec::render_all(&compiled.files, &compiled.diagnostics);
            Err(format!("the dashboard for this data would have errors: please report this\n{found}"))
        }
    }
}
