//! A brotli and a gzip twin beside every file of the page: servers send them as they are.
use super::headers::TYPES;
use crate::site::Content;
use std::collections::BTreeMap;
use std::io::Write as _;

/// Adds `file.br` and `file.gz`. Data files stay alone: they are compressed already, and ranges of them are asked for.
pub fn with_compressed(files: BTreeMap<String, Content>) -> Result<BTreeMap<String, Content>, String> {
    let mut all = BTreeMap::new();
    for (path, content) in files {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        let compressible = TYPES.iter().any(|(known, _)| *known == extension) && !matches!(content, Content::Local(_));
        if compressible {
            let (bytes, brotli) = match &content {
                Content::Embedded(embedded) => (embedded.content()?, embedded.brotli.to_vec()),
                Content::Bytes(bytes) => (bytes.clone(), brotli(bytes).map_err(|error| format!("{path}: {error}"))?),
                Content::Local(_) => continue,
            };
            let gzip = gzip(&bytes).map_err(|error| format!("{path}: {error}"))?;
            all.insert(format!("{path}.br"), Content::Bytes(brotli));
            all.insert(format!("{path}.gz"), Content::Bytes(gzip));
        }
        all.insert(path, content);
    }
    Ok(all)
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = vec![];
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
