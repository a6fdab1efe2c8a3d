//! Sites with roles: who is let in, what they are served, what is left of them.
#![allow(clippy::unwrap_used)]
mod apache;
mod build;
mod caddy;
mod claims;
mod cloudflare;
mod container;
mod doctor;
mod explore;
#[path = "../author/folder.rs"]
mod folder;
mod http;
mod image;
mod matrix;
mod nginx;
mod openid;
mod payloads;
mod payloads_served;
mod plain;
mod provider;
mod release;
mod session;
mod site;
mod states;
