use crate::site::Site;
use crate::{data_dir, input};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tarn_spec::render_all;

/// What the page shows at a moment: the newest dashboard without errors, and what is wrong with the file since.
pub struct Shown {
    /// `None` until the file was without errors for the first time.
    pub site: Option<Arc<Site>>,
    /// As in the terminal.
    pub problem: Option<String>,
    /// The dashboard file and what it names, as far as they were read.
    pub written: Vec<PathBuf>,
    /// Counts the changes of data files.
    pub data: u64,
}

impl Shown {
    /// Reads the dashboard file; one with errors leaves the former site in place.
    pub fn read(dashboard: &Path, data_dir: Option<&Path>, former: Option<&Self>) -> Self {
        let mut written = vec![dashboard.to_owned()];
        let read = site(dashboard, data_dir, &mut written);
        let (site, problem) = match read {
            Ok(site) => (Some(Arc::new(site)), None),
            Err(problem) => (former.and_then(|former| former.site.clone()), Some(problem)),
        };
        Self { site, problem, written, data: former.map_or(0, |former| former.data) }
    }

    /// The same with newer data files.
    pub fn with_new_data(&self) -> Self {
        Self { site: self.site.clone(), problem: self.problem.clone(), written: self.written.clone(), data: self.data + 1 }
    }

    /// As the page's script is told; with the name to save the dashboard by, for data that is explored.
    pub fn message(&self, save: Option<&str>) -> String {
        let dashboard = self.site.as_ref().map(|site| site.dashboard.as_str());
        json!({ "dashboard": dashboard, "problem": self.problem, "data": self.data, "save": save }).to_string()
    }
}

fn site(file: &Path, named_dir: Option<&Path>, written: &mut Vec<PathBuf>) -> Result<Site, String> {
    let compiled = input::compile(file).map_err(|error| format!("error: {error}"))?;
    written.extend(compiled.files.names().skip(1).map(PathBuf::from));
    let found = render_all(&compiled.files, &compiled.diagnostics);
    let dashboard = compiled.dashboard.ok_or(found)?;
    let dir = data_dir::chosen(named_dir, file, &dashboard);
    // The author sees everything: the files are the author's own.
    Site::new(dashboard, None, &dir).and_then(Site::without_service_worker).map_err(|error| format!("error: {error}"))
}
