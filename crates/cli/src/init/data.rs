//! What a dashboard is drafted from.
#[cfg(feature = "runtime")]
use super::remote::RemoteHost;
use super::{Shape, guess, path, profile, text};
use crate::footer;
use crate::progress::Progress;
use std::path::{Path, PathBuf};
use tarn_runtime::FileHost;

/// A Parquet file, a folder of them, or an address, with what was seen of its content.
pub struct Data {
    name: String,
    place: Place,
    profile: profile::Profile,
}

enum Place {
    Files(Vec<PathBuf>),
    #[cfg_attr(not(feature = "runtime"), allow(dead_code, reason = "nothing else reads addresses"))]
    Address(String),
}

impl Data {
    /// Reads the footers, then the columns that can be used.
    pub fn read(data: &Path) -> Result<Self, String> {
        let text = data.to_string_lossy();
        let _progress = Progress::of(format!("looking at {text}"));
        if text.contains("://") {
            return Self::read_address(&text);
        }
        let files = path::parquet_files(data)?;
        let footers = files.iter().map(|file| footer::read(file)).collect::<Result<Vec<_>, _>>()?;
        let sources: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
        let profile = profile::read(&footers, &sources, FileHost::new(""))?;
        let name = data.canonicalize().unwrap_or_else(|_| data.to_owned()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, place: Place::Files(files), profile })
    }

    #[cfg(feature = "runtime")]
    fn read_address(url: &str) -> Result<Self, String> {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            let hint = "browsers read HTTP: use the store's https:// address";
            return Err(format!("{url} cannot be read by a browser\nhint: {hint}"));
        }
        let host = RemoteHost::new()?;
        let footer = host.footer(url)?;
        let profile = profile::read(&[footer], &[url.to_owned()], host)?;
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let file = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
        let name = file.rsplit_once('.').map_or(file, |(name, _)| name).to_owned();
        Ok(Self { name, place: Place::Address(url.to_owned()), profile })
    }

    #[cfg(not(feature = "runtime"))]
    fn read_address(url: &str) -> Result<Self, String> {
        Err(format!("{url}: this program was built without what reads addresses\nhint: install tarn from its package"))
    }

    /// The text of a dashboard for the data, to stand in the file `out`. It compiles, and `tarn fmt` changes nothing in it.
    pub fn dashboard(&self, shape: Shape, out: &Path) -> Result<String, String> {
        let sources = match &self.place {
            Place::Files(files) => files.iter().map(|file| path::relative(file, out)).collect::<Result<Vec<_>, _>>()?,
            Place::Address(url) => vec![url.clone()],
        };
        let yaml = text::write(&self.name, &sources, &self.profile, &guess::guess(&self.profile), shape);
        let yaml = tarn_spec::format("draft", yaml.as_bytes()).unwrap_or(yaml);
        let compiled = tarn_spec::compile(&out.display().to_string(), yaml.as_bytes());
        if compiled.dashboard.is_none() {
            let found = tarn_spec::render_all(&compiled.files, &compiled.diagnostics);
            return Err(format!("the dashboard for this data would have errors: please report this\n{found}"));
        }
        Ok(yaml)
    }

    /// The data's name, without folder and extension.
    #[cfg(feature = "runtime")]
    pub fn name(&self) -> &str {
        &self.name
    }
}
