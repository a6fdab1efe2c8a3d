use serde::{Deserialize, Serialize};

/// What a store says about the version of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    pub etag: Option<String>,
    /// As the store wrote it.
    pub last_modified: Option<String>,
}

/// Whether two answers speak of the same version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    Same,
    Different,
    /// No validator stands in both answers.
    Unknown,
}

impl Validators {
    /// Compares the strongest validator that both have. Whether an ETag is weak does not matter: proxies that compress on
    /// the way weaken it without changing the file.
    pub fn agreement(&self, other: &Self) -> Agreement {
        let same = match (&self.etag, &other.etag) {
            (Some(a), Some(b)) => strong(a) == strong(b),
            _ => match (&self.last_modified, &other.last_modified) {
                (Some(a), Some(b)) => a == b,
                _ => return Agreement::Unknown,
            },
        };
        if same { Agreement::Same } else { Agreement::Different }
    }

    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

fn strong(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
        Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) }
    }

    #[test]
    fn strongest_common_validator_decides() {
        let a = validators(Some("\"1\""), Some("Mon"));
        assert_eq!(a.agreement(&validators(Some("W/\"1\""), Some("Tue"))), Agreement::Same);
        assert_eq!(a.agreement(&validators(Some("\"2\""), Some("Mon"))), Agreement::Different);
        assert_eq!(a.agreement(&validators(None, Some("Mon"))), Agreement::Same);
        assert_eq!(a.agreement(&validators(None, Some("Tue"))), Agreement::Different);
        assert_eq!(a.agreement(&validators(None, None)), Agreement::Unknown);
        assert_eq!(validators(Some("1"), None).agreement(&validators(None, Some("Mon"))), Agreement::Unknown);
    }
}
