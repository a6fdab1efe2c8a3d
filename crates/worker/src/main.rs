//! The data worker: fetch and IndexedDB behind the runtime's `Host`, and the message loop. Every message is one value of
//! `tarn-protocol`, as bytes in an `ArrayBuffer` that travels by transfer; `ready` says that messages are heard.
mod browser_host;
#[cfg(test)]
mod conformance_tests;
mod fetch;
mod global;
mod message_loop;
mod store;
mod tabs;
mod viewer;

/// Taken from the browser at once, so that the heap need not grow step by step while a file is decoded: in a profile of a
/// first visit the allocator took a tenth of the worker's time. Pages that are never written to cost nothing.
const FIRST_MEMORY_BYTES: usize = 64 << 20;

fn main() {
    // The allocator keeps what it was given back.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(FIRST_MEMORY_BYTES)));
    message_loop::start();
}
