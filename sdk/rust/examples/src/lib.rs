//! Workflows in Rust, to read and to try: each file beside this folder is a component of its own.
