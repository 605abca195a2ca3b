//! The order, to each of its ends.
