//! Drafts a dashboard for a file that lies on the viewer's device: YAML and SQL are compiled here, in a worker that the page
//! /explore alone loads. It never sees the file: the page carries its questions to a data worker and that one's answers back.
//!
//! In: `[name, source, base address, locale or null]` begins, `ArrayBuffer`s and views of them are the data worker's messages.
//! Out: `["ask", bytes]`, `["reading", done, of]`, `["done", YAML, compiled dashboard]`, `["failed", what, what to do]`.
mod failure;
mod message_loop;

fn main() {
    message_loop::start();
}
