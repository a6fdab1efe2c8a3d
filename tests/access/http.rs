//! Requests that no browser would send: paths and headers travel as they are written.
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

pub struct Answer {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Whether something listens there. Where nothing does, the caller may be given that very port and be connected with itself.
pub fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok_and(|stream| stream.local_addr().ok() != stream.peer_addr().ok())
}

/// Reads until the server closes the connection: what it logs is written by then.
pub fn get(port: u16, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(port, path, headers, |_| false)
}

/// The same of a server that leaves the connection open for seconds.
pub fn get_from_slow_to_close(port: u16, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(port, path, headers, is_whole)
}

fn ask(port: u16, path: &str, headers: &[(&str, &str)], is_whole: fn(&[u8]) -> bool) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\r\n").as_bytes()).unwrap();
    let mut all = vec![];
    let mut part = [0; 16384];
    while !is_whole(&all) {
        match stream.read(&mut part).unwrap() {
            0 => break,
            n => all.extend_from_slice(&part[..n]),
        }
    }
    let end = all.windows(4).position(|part| part == b"\r\n\r\n").unwrap_or_else(|| panic!("{path}: {}", String::from_utf8_lossy(&all)));
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Answer { status, headers, body: all[end + 4..].to_vec() }
}

/// Whether the answer ends here, by its own word.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|length| length.trim().parse::<usize>().ok());
    let has_no_body = head.split(' ').nth(1) == Some("304");
    let is_chunked = head.contains("transfer-encoding: chunked");
    has_no_body || length.is_some_and(|length| answer.len() >= end + 4 + length) || (is_chunked && answer.ends_with(b"\r\n0\r\n\r\n"))
}
