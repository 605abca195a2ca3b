//! The promises, on guests written by hand.

mod blocks;
mod cancel;
mod guest;
mod inbox;
mod limits;
mod operate;
mod others;
mod policies;
mod promises;
mod schedules;
mod stays;
mod unclear;
mod world;
