//! The promises, on guests written by hand.

mod blocks;
mod guest;
mod others;
mod policies;
mod promises;
mod world;
