//! Decides what an answer is worth, before a byte of it is parsed.
use crate::host::{Answer, FetchFailure, FetchRequest};
use bytes::Bytes;
use tarn_protocol::LoadErrorKind;
use tarn_snapshot::{Agreement, ByteRange, FileIdentity};

/// A checked answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Checked {
    /// 304.
    Unchanged,
    Part {
        range: ByteRange,
        file_length: u64,
        bytes: Bytes,
    },
    /// The store does not serve ranges; this is all of it.
    Whole(Bytes),
}

/// Accepts a 206 with exactly the bytes that were asked for, and a 200 that is the whole file. `known` is what earlier
/// answers said of the file.
pub(crate) fn check(request: &FetchRequest, answer: &Answer, known: Option<&FileIdentity>) -> Result<Checked, LoadErrorKind> {
    match answer.status {
        200 | 206 => {}
        304 if request.unless.is_some() => return Ok(Checked::Unchanged),
        401 | 403 => return Err(LoadErrorKind::Forbidden { status: answer.status }),
        404 | 410 => return Err(LoadErrorKind::NotFound),
        // The file no longer reaches as far as it did; a file that was never seen before is empty.
        416 => return Err(if known.is_some() { LoadErrorKind::Replaced } else { LoadErrorKind::NotParquet }),
        412 => return Err(LoadErrorKind::Replaced),
        status => return Err(LoadErrorKind::Status { status }),
    }
    if is_html(answer) {
        return Err(LoadErrorKind::HtmlInsteadOfData);
    }
    if answer.status == 206 { part(request, answer, known) } else { whole(request, answer, known) }
}

fn part(request: &FetchRequest, answer: &Answer, known: Option<&FileIdentity>) -> Result<Checked, LoadErrorKind> {
    let wrong = |found: String| LoadErrorKind::WrongRange { expected: request.range.header(), found };
    let said = answer.content_range.ok_or_else(|| wrong("no Content-Range".into()))?;
    let file_length =
        said.file_length.or(known.map(|file| file.length)).ok_or_else(|| wrong("a range of a file of unknown length".into()))?;
    if known.is_some_and(|file| file.agreement(&answer.validators, Some(file_length)) == Agreement::Different) {
        return Err(LoadErrorKind::Replaced);
    }
    let expected = ByteRange::new(request.range.start, request.range.end.min(file_length));
    if said.range != expected {
        return Err(wrong(said.range.header()));
    }
    let found = answer.body.len() as u64;
    if found < expected.len() {
        return Err(LoadErrorKind::CutShort { expected: expected.len(), found });
    }
    if found > expected.len() {
        return Err(wrong(format!("{found} bytes")));
    }
    Ok(Checked::Part { range: expected, file_length, bytes: answer.body.clone() })
}

fn whole(request: &FetchRequest, answer: &Answer, known: Option<&FileIdentity>) -> Result<Checked, LoadErrorKind> {
    let found = answer.body.len() as u64;
    if request.headers_only {
        return Ok(Checked::Whole(answer.body.clone()));
    }
    if let Some(said) = answer.content_range {
        // A part under the wrong status: nothing else that this server says can be relied on.
        return Err(LoadErrorKind::WrongRange {
            expected: request.range.header(),
            found: format!("status 200 with {}", said.range.header()),
        });
    }
    // Where the range is hidden from the page: a Parquet file ends as it starts.
    let magic = b"PAR1";
    if found == request.range.len() && answer.body.starts_with(magic) && !answer.body.ends_with(magic) {
        return Err(LoadErrorKind::WrongRange { expected: request.range.header(), found: format!("status 200 with {found} bytes") });
    }
    if let Some(expected) = answer.content_length.filter(|expected| found < *expected) {
        return Err(LoadErrorKind::CutShort { expected, found });
    }
    if known.is_some_and(|file| file.agreement(&answer.validators, Some(found)) == Agreement::Different) {
        return Err(LoadErrorKind::Replaced);
    }
    Ok(Checked::Whole(answer.body.clone()))
}

/// A Parquet file never starts with `<`, whatever a server says it is.
fn is_html(answer: &Answer) -> bool {
    let typed =
        answer.content_type.as_ref().is_some_and(|content_type| content_type.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let starts_the_file = answer.content_range.is_none_or(|said| said.range.start == 0);
    let looks = starts_the_file && answer.body.trim_ascii_start().first() == Some(&b'<');
    looks || (typed && starts_the_file && !answer.body.starts_with(b"PAR1"))
}

pub(crate) fn failure(request: &FetchRequest, failure: FetchFailure) -> LoadErrorKind {
    match failure {
        FetchFailure::Blocked { origin } => LoadErrorKind::Blocked { origin },
        FetchFailure::Offline => LoadErrorKind::Offline,
        FetchFailure::Timeout { seconds } => LoadErrorKind::Timeout { seconds },
        FetchFailure::CutShort { found } => LoadErrorKind::CutShort { expected: request.range.len(), found },
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
