//! A connection that can break: stands between a client and a server on loopback and counts what passes.
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToServer,
    ToClient,
}

type Then = Box<dyn FnOnce() + Send>;

/// Once so many bytes have gone this way, over all connections.
struct Break {
    way: Way,
    left: usize,
    then: Then,
}

pub struct Proxy {
    port: u16,
    next: Arc<Mutex<Option<Break>>>,
}

impl Proxy {
    /// Forwards to a port of loopback for as long as the process lives.
    pub fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let next: Arc<Mutex<Option<Break>>> = Arc::default();
        let breaking = Arc::clone(&next);
        std::thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                // Of a server that has gone, the client finds that its connection ends.
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                for way in [Way::ToServer, Way::ToClient] {
                    let (Ok(client), Ok(server)) = (client.try_clone(), server.try_clone()) else { continue };
                    let (from, to) = if way == Way::ToServer { (client, server) } else { (server, client) };
                    let next = Arc::clone(&breaking);
                    std::thread::spawn(move || forward(way, from, to, &next));
                }
            }
        });
        Self { port, next }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// After so many more bytes that way, does what is said and ends the connection that they went through: once.
    pub fn break_after(&self, way: Way, n_bytes: usize, then: impl FnOnce() + Send + 'static) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(Break { way, left: n_bytes, then: Box::new(then) });
    }

    /// Whether what was to break has broken.
    pub fn has_broken(&self) -> bool {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

fn forward(way: Way, mut from: TcpStream, mut to: TcpStream, next: &Mutex<Option<Break>>) {
    let mut bytes = vec![0; 65_536];
    while let Ok(n) = from.read(&mut bytes) {
        let passing = {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            match next.as_mut().filter(|next| next.way == way) {
                Some(next) if next.left > n => {
                    next.left -= n;
                    (n, None)
                }
                Some(_) => next.take().map_or((n, None), |broken| (broken.left, Some(broken.then))),
                None => (n, None),
            }
        };
        let (n_passing, then) = passing;
        if n == 0 || to.write_all(&bytes[..n_passing]).is_err() {
            break;
        }
        if let Some(then) = then {
            then();
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
