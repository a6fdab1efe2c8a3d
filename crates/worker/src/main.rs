//! The data worker: fetch and IndexedDB behind the runtime's `Host`, and the message loop. Every message is one value of
//! `tarn-protocol`, as bytes in an `ArrayBuffer` that travels by transfer; `ready` says that messages are heard.
mod browser_host;
mod fetch;
mod global;
mod message_loop;
mod store;

fn main() {
    message_loop::start();
}
