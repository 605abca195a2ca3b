//! The tree keeps its own rules: what is written down about it is true, and what is agreed on holds.

mod arrows;
mod code;
mod files;
mod map;
mod promises;
mod versions;
