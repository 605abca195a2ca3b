//! Files of the machine's own disk.

use std::path::{Component, Path, PathBuf};

use super::{Found, Loader};

/// Reads files beside the using one, from the disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Loader for Disk {
    fn read(&self, using: &str, path: &str) -> Result<Found, String> {
        let beside = Path::new(using).parent().unwrap_or(Path::new(""));
        let whole = plain(&beside.join(path));
        match std::fs::read(&whole) {
            Ok(bytes) => Ok(Found { name: whole.display().to_string(), bytes }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(format!("there is no file `{}`", whole.display()))
            }
            Err(e) => Err(format!("`{}` cannot be read: {e}", whole.display())),
        }
    }
}

/// Without `.`, and without `x/..`: one file has one name.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;
    use std::path::Path;

    #[test]
    fn one_file_has_one_name() {
        assert_eq!(plain(Path::new("a/./b/../c.cairn")), Path::new("a/c.cairn"));
        assert_eq!(plain(Path::new("../c.cairn")), Path::new("../c.cairn"));
    }
}
