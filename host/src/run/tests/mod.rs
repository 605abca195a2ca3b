//! The promises, on guests written by hand.

mod guest;
mod measure;
mod promises;
mod world;
