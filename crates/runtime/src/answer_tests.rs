use super::*;
use tarn_snapshot::{ContentRange, Validators};

fn request(range: std::ops::Range<u64>) -> FetchRequest {
    FetchRequest { url: "f".into(), range: range.into(), unless: None, headers_only: false }
}

fn validators(etag: &str) -> Validators {
    Validators { etag: Some(etag.into()), last_modified: None }
}

fn known() -> FileIdentity {
    FileIdentity { url: "f".into(), validators: validators("1"), length: 1_000 }
}

/// A 206 with that range, `length` bytes of body, of a file of 1,000 bytes.
fn partial(said: std::ops::Range<u64>, length: usize) -> Answer {
    let content_range = Some(ContentRange { range: said.into(), file_length: Some(1_000) });
    Answer { status: 206, content_range, validators: validators("1"), body: vec![7; length].into(), ..Answer::default() }
}

fn full(length: usize) -> Answer {
    Answer {
        status: 200,
        content_length: Some(length as u64),
        validators: validators("1"),
        body: vec![7; length].into(),
        ..Answer::default()
    }
}

#[test]
fn asked_range_is_accepted() {
    let checked = check(&request(100..200), &partial(100..200, 100), Some(&known()));
    assert_eq!(checked, Ok(Checked::Part { range: (100..200).into(), file_length: 1_000, bytes: vec![7; 100].into() }));
}

#[test]
fn range_beyond_the_end_is_answered_with_what_is_there() {
    let checked = check(&request(900..2_000), &partial(900..1_000, 100), None);
    assert_eq!(checked, Ok(Checked::Part { range: (900..1_000).into(), file_length: 1_000, bytes: vec![7; 100].into() }));
}

#[test]
fn other_bytes_than_asked_for_are_refused() {
    let wrong = |answer: &Answer| matches!(check(&request(100..200), answer, Some(&known())), Err(LoadErrorKind::WrongRange { .. }));
    assert!(wrong(&partial(0..100, 100)), "another range");
    assert!(wrong(&partial(100..200, 101)), "more bytes than it says");
    assert!(wrong(&Answer { content_range: None, ..partial(100..200, 100) }), "no word of the range");
    assert!(wrong(&Answer { status: 200, ..partial(100..200, 100) }), "a part with status 200");
    let unknown = Answer { content_range: Some(ContentRange { range: (100..200).into(), file_length: None }), ..partial(100..200, 100) };
    assert!(matches!(check(&request(100..200), &unknown, None), Err(LoadErrorKind::WrongRange { .. })), "a file of unknown length");
}

#[test]
fn body_that_ends_early_is_cut_short() {
    let cut = check(&request(100..200), &partial(100..200, 60), Some(&known()));
    assert_eq!(cut, Err(LoadErrorKind::CutShort { expected: 100, found: 60 }));
    let cut = check(&request(0..16), &Answer { content_length: Some(1_000), ..full(500) }, None);
    assert_eq!(cut, Err(LoadErrorKind::CutShort { expected: 1_000, found: 500 }));
}

#[test]
fn full_answer_is_accepted_only_as_the_whole_file() {
    assert_eq!(check(&request(0..16), &full(1_000), None), Ok(Checked::Whole(vec![7; 1_000].into())));
    assert_eq!(check(&request(100..200), &full(1_000), Some(&known())), Ok(Checked::Whole(vec![7; 1_000].into())));
    assert_eq!(check(&request(100..200), &full(100), Some(&known())), Err(LoadErrorKind::Replaced));
}

#[test]
fn a_part_that_is_passed_off_as_the_whole_is_noticed() {
    let answer = |body: &[u8]| Answer { body: body.to_vec().into(), ..full(body.len()) };
    let (start, whole) = (b"PAR1............", b"PAR1........PAR1");
    let expected = Err(LoadErrorKind::WrongRange { expected: "bytes=0-15".into(), found: "status 200 with 16 bytes".into() });
    assert_eq!(check(&request(0..16), &answer(start), None), expected);
    assert_eq!(check(&request(0..16), &answer(whole), None), Ok(Checked::Whole(whole.to_vec().into())), "a file of that very length");
    assert_eq!(check(&request(0..99), &answer(whole), None), Ok(Checked::Whole(whole.to_vec().into())), "a short file");
}

#[test]
fn other_version_of_the_file_is_noticed() {
    let replaced = |answer: &Answer| check(&request(100..200), answer, Some(&known())) == Err(LoadErrorKind::Replaced);
    assert!(replaced(&Answer { validators: validators("2"), ..partial(100..200, 100) }));
    let longer = Some(ContentRange { range: (100..200).into(), file_length: Some(1_001) });
    assert!(replaced(&Answer { content_range: longer, ..partial(100..200, 100) }));
    assert!(replaced(&Answer { status: 416, ..Answer::default() }));
    assert!(!replaced(&Answer { validators: Validators::default(), ..partial(100..200, 100) }), "a store that says nothing");
}

#[test]
fn login_pages_are_not_data() {
    let html = |content_type: Option<&str>, body: &'static str| {
        let answer = Answer { content_type: content_type.map(str::to_owned), body: Bytes::from_static(body.as_bytes()), ..full(0) };
        check(&request(0..16), &answer, None) == Err(LoadErrorKind::HtmlInsteadOfData)
    };
    assert!(html(Some("text/html; charset=utf-8"), "Sign in"));
    assert!(html(None, "\n<!doctype html>"));
    assert!(!html(Some("text/html"), "PAR1 from a server that types everything as a page"));
    assert!(!html(Some("application/octet-stream"), "PAR1"));
}

#[test]
fn statuses_have_names() {
    let error = |status| check(&request(0..16), &Answer { status, ..Answer::default() }, None).err();
    assert_eq!(error(404), Some(LoadErrorKind::NotFound));
    assert_eq!(error(403), Some(LoadErrorKind::Forbidden { status: 403 }));
    assert_eq!(error(503), Some(LoadErrorKind::Status { status: 503 }));
    assert_eq!(error(416), Some(LoadErrorKind::NotParquet));
    assert_eq!(error(304), Some(LoadErrorKind::Status { status: 304 }), "nobody asked for that");
}
