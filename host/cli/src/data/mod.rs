//! The data directory and who holds it: one process at a time, and the others speak through its socket.

mod access;
mod client;
mod dir;
mod lock;
mod owner;
mod reach;
mod repeat;
mod server;
pub(crate) mod verbs;
mod wire;

pub(crate) use access::{Access, Held};
pub(crate) use client::connect;
pub(crate) use dir::{Dir, USUAL};
pub(crate) use owner::{Named, owner_words};
pub(crate) use server::Served;
