//! Paths of Unix sockets hold 107 bytes and no more (`sun_path`, unix(7)); directories may lie deeper.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// What fits into `sun_path` with its final zero.
const LONGEST: usize = 107;

/// A path that fits, and what keeps it valid.
#[derive(Debug)]
pub(crate) struct Reach {
    path: PathBuf,
    _folder: Option<File>,
}

impl Reach {
    /// The path itself, or one through the open folder where it is too long.
    ///
    /// # Errors
    ///
    /// What the file system says; [`io::ErrorKind::InvalidFilename`] where the path is too long and the system has no other way.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path: path.to_owned(), _folder: None });
        }
        let too_long = || io::Error::new(io::ErrorKind::InvalidFilename, "the path is too long for a socket");
        if !cfg!(target_os = "linux") {
            return Err(too_long());
        }
        let (folder, name) = path.parent().zip(path.file_name()).ok_or_else(too_long)?;
        let folder = File::open(folder)?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&folder)));
        Ok(Self { path: short.join(name), _folder: Some(folder) })
    }

    /// To bind or to connect to, while `self` lives.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        os::unix::net::{UnixListener, UnixStream},
    };

    use super::*;

    #[test]
    fn a_socket_in_a_deep_folder_can_be_bound_and_connected_to() {
        let root = std::env::temp_dir().join(format!("cairn-cli-reach-{}", std::process::id()));
        let path = root.join("d".repeat(90)).join("e".repeat(90)).join("socket");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(UnixListener::bind(&path).is_err(), "the system has no limit; then none of this is needed");
        let reach = Reach::new(&path).unwrap();
        let listener = UnixListener::bind(reach.path()).unwrap();
        drop(reach);
        assert!(path.exists());
        let mut client = UnixStream::connect(Reach::new(&path).unwrap().path()).unwrap();
        client.write_all(b"x").unwrap();
        drop(client);
        let mut text = String::new();
        listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
        assert_eq!(text, "x");
        std::fs::remove_dir_all(root).unwrap();
    }
}
