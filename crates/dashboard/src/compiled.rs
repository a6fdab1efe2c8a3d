use crate::{Dashboard, FORMAT};

/// The file begins with this, so that anything else (a server's "not found" page) is known at once.
const MAGIC: &[u8] = b"tarn";

/// Why bytes are no compiled dashboard of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompiledError {
    /// Not written by `tarn compile`, or cut short.
    Damaged,
    OtherFormat {
        found: u32,
    },
}

impl Dashboard {
    /// The compiled file: four letters, then the dashboard in postcard, which begins with the format's number.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising to a growing vector fails only for types without a known length, which a dashboard has not.
        [MAGIC, &postcard::to_allocvec(self).unwrap_or_default()].concat()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CompiledError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(CompiledError::Damaged)?;
        let (format, _) = postcard::take_from_bytes::<u32>(body).map_err(|_| CompiledError::Damaged)?;
        if format != FORMAT {
            return Err(CompiledError::OtherFormat { found: format });
        }
        postcard::from_bytes(body).map_err(|_| CompiledError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_and_other_formats_are_told_apart() {
        let mut dashboard = Dashboard {
            format: FORMAT,
            title: "T".into(),
            locale: "en-GB".into(),
            strings: vec![],
            theme: crate::ThemeProperties::default(),
            zone: crate::Zone::default(),
            week_start: crate::Weekday::Monday,
            memory_mb: None,
            sources: vec![],
            filters: vec![],
            pages: vec![],
        };
        let bytes = dashboard.to_bytes();
        assert_eq!(Dashboard::from_bytes(&bytes).as_ref(), Ok(&dashboard));
        assert_eq!(Dashboard::from_bytes(&bytes[..bytes.len() - 1]), Err(CompiledError::Damaged));
        assert_eq!(Dashboard::from_bytes(b"<!doctype html>"), Err(CompiledError::Damaged));
        dashboard.format = 99;
        assert_eq!(Dashboard::from_bytes(&dashboard.to_bytes()), Err(CompiledError::OtherFormat { found: 99 }));
    }
}
