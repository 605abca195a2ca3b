//! The promises, on guests written by hand.

mod guest;
mod promises;
mod world;
