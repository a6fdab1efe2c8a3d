//! What a dashboard is drafted from.
#[cfg(feature = "runtime")]
use super::remote::RemoteHost;
use super::{Shape, path};
use crate::footer;
use crate::progress::Progress;
use std::path::{Path, PathBuf};
use tarn_decode::Footer;
use tarn_draft::{Profile, Question, draft};
use tarn_protocol::{LoadError, LoadErrorKind};
use tarn_runtime::{FileHost, Host, Runtime, block_on, describe};

/// A Parquet file, a folder of them, or an address, with what was seen of its content.
pub struct Data {
    name: String,
    place: Place,
    profile: Profile,
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
        let profile = profile(&footers, &sources, FileHost::new(""))?;
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
        let profile = profile(&[footer], &[url.to_owned()], host)?;
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
        Ok(draft(&self.name, &sources, &self.profile, shape, None)?.yaml)
    }

    /// The data's name, without folder and extension.
    #[cfg(feature = "runtime")]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What the footers say, then what the values of the columns do that can be used. The host reads the sources.
fn profile(footers: &[Footer], sources: &[String], host: impl Host) -> Result<Profile, String> {
    let mut profile = Profile::of(&describe(sources, footers)).map_err(|nothing| {
        let unread = nothing.unreadable.clone().filter(|kind| matches!(kind, LoadErrorKind::UnsupportedCodec { .. }));
        let error = unread.map(|kind| LoadError { source: String::new(), url: String::new(), kind });
        let hint = error.as_ref().map_or_else(
            || "flatten lists and structs upstream, for example with unnest() in DuckDB".to_owned(),
            |error| format!("{} {}", error.what(), error.hint()),
        );
        format!("no column of this data can be shown: {}\nhint: {hint}", nothing.list())
    })?;
    let question = Question::new(&profile, sources).map_err(|found| format!("the data cannot be profiled: please report this\n{found}"))?;
    let Some(question) = question else { return Ok(profile) };
    let runtime = Runtime::new(host, question.dashboard().clone(), "", |_| {});
    for run in question.runs() {
        // What cannot be loaded is not known: one of several files may lack a column.
        let _ = question.note(block_on(runtime.run(&run)), &mut profile);
    }
    Ok(profile)
}
