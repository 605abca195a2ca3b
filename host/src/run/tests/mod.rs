//! The promises, on guests written by hand.

mod guest;
mod others;
mod promises;
mod world;
