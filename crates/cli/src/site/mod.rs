//! What a deployed folder consists of: the page that lies in this program, a compiled dashboard, the data beside it.
mod access;
mod data;
mod embedded;
mod explore;
mod offline;
mod page;

use crate::hash;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tarn_dashboard::{Dashboard, Source};
use tarn_spec::Access;

pub use access::{Placed, SIGNED_IN};
pub use embedded::Embedded;
pub use explore::{EXPLORE, Explore};
pub use offline::SERVICE_WORKER;
use page::Opens;
pub use page::{INDEX, with_script};

/// Files by their path below the site's folder, with `/` between folders.
pub struct Site {
    pub files: BTreeMap<String, Content>,
    /// The name of the compiled dashboard; for a site with roles, of the one that shows most.
    pub dashboard: String,
    /// `None` for a public site.
    pub roles: Option<Roles>,
    /// Where else than on its own server the page's data lies.
    pub origins: Vec<String>,
    /// What its page /explore opens, if it has one.
    pub explore: Option<Explore>,
}

/// Who gets which of the dashboards.
pub struct Roles {
    pub access: Access,
    pub placed: Vec<Placed>,
    /// Those of all, also those that nobody is shown.
    pub sources: Vec<Source>,
}

pub enum Content {
    Embedded(&'static Embedded),
    Bytes(Vec<u8>),
    /// A file of the author's, which may be large and may change.
    Local(PathBuf),
}

impl Content {
    /// Its length; of a file that is not there none, which is told when it is copied.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Local(source) => std::fs::metadata(source).map_or(0, |metadata| metadata.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Embedded(embedded) => embedded.length as u64,
        }
    }
}

impl Site {
    /// The site of a dashboard whose relative sources start at `data_dir`. A source that is not there is an error. With `access`
    /// everybody gets the dashboard of their own role set.
    pub fn new(mut dashboard: Dashboard, access: Option<&Access>, data_dir: &Path) -> Result<Self, String> {
        let mut files: BTreeMap<String, Content> = embedded::FILES
            .iter()
            .filter(|file| !explore::owns(file.name))
            .map(|file| (file.name.to_owned(), Content::Embedded(file)))
            .collect();
        for (path, file) in data::take_in(&mut dashboard, data_dir)? {
            files.insert(path, Content::Local(file));
        }
        let origins = data::origins(&dashboard);
        let (name, index, roles) = match access {
            None => {
                let compiled = dashboard.to_bytes();
                let name = hash::dashboard_name(&compiled, "bin");
                files.insert(name.clone(), Content::Bytes(compiled));
                (name.clone(), page::index(&dashboard, &Opens::Dashboard(&name))?, None)
            }
            Some(access) => {
                let placed = access::place(access, &dashboard)?;
                let script = access::add_files(access, &placed, &mut files);
                let first = placed.first().map(|placed| placed.path.clone()).unwrap_or_default();
                let index = page::index(&dashboard, &Opens::Chosen { script: &script })?;
                (first, index, Some(Roles { access: access.clone(), placed, sources: dashboard.sources }))
            }
        };
        // Whose page it is only the proxy knows: on a site with roles nothing of it is kept.
        let script = if roles.is_some() { offline::leaving() } else { offline::keeping(&files, &index) };
        files.insert(SERVICE_WORKER.into(), script?);
        files.insert(INDEX.into(), Content::Bytes(index.into_bytes()));
        Ok(Self { files, dashboard: name, roles, origins, explore: None })
    }

    /// The site with the page /explore, in the language of its dashboard.
    pub fn with_explore(mut self, explore: Explore, locale: &str) -> Result<Self, String> {
        explore::add_files(explore, locale, &mut self.files)?;
        self.explore = Some(explore);
        Ok(self)
    }

    /// The site without a service worker: another one may be served at the same address next.
    pub fn without_service_worker(mut self) -> Result<Self, String> {
        self.files.insert(SERVICE_WORKER.into(), offline::leaving()?);
        Ok(self)
    }

    /// The author's files that the site shows.
    pub fn local_files(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.values().filter_map(|content| if let Content::Local(path) = content { Some(path) } else { None })
    }
}
