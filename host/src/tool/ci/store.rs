//! Trees and files by their digest: `trees/<digest>/`, `files/<digest>`, `saved/<digest of a key>`, `artifacts/<run>/<name>`; work that
//! is under way is in `work/`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    super::failure::failure,
    glob,
    work::{self, Kind, Work, broken, hex},
};
use crate::ops::FailureView;

/// A kept folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TreeHandle {
    #[serde(rename = "$tree")]
    digest: String,
}

/// A kept file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FileHandle {
    #[serde(rename = "$file")]
    digest: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    name: String,
}

#[derive(Clone)]
pub(super) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// An empty folder that nobody else has.
    pub(super) fn work(&self) -> Result<Work, FailureView> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join("work").join(format!("{}-{number}", std::process::id()));
        // One that a process of this number left behind is nobody's.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).map_err(|e| broken(&path, &e))?;
        std::path::absolute(&path).map(Work).map_err(|e| broken(&path, &e))
    }

    fn tree(&self, tree: &TreeHandle) -> Result<PathBuf, FailureView> {
        let path = self.folder.join("trees").join(plain(&tree.digest)?);
        if path.is_dir() { Ok(path) } else { Err(gone("tree", &tree.digest)) }
    }

    /// Copies a tree into somebody's work.
    pub(super) fn put_into(&self, tree: &TreeHandle, work: &Work) -> Result<(), FailureView> {
        let from = self.tree(tree)?;
        work::copy(&from, work.path()).map_err(|e| broken(&from, &e))
    }

    /// Keeps the folder of somebody's work, as it is now.
    pub(super) fn keep_tree(&self, work: &Work) -> Result<TreeHandle, FailureView> {
        let path = work.path();
        let digest = work::digest(path, |_| true).map_err(|e| broken(path, &e))?;
        let kept = self.folder.join("trees").join(&digest);
        if !kept.is_dir() {
            fs::create_dir_all(self.folder.join("trees")).map_err(|e| broken(&kept, &e))?;
            match fs::rename(path, &kept) {
                // Somebody else kept the same in between.
                Err(_) if kept.is_dir() => {}
                Err(error) => return Err(broken(&kept, &error)),
                Ok(()) => {}
            }
        }
        Ok(TreeHandle { digest: format!("sha256:{digest}") })
    }

    /// Keeps files, by the names that they were asked for under; those that are not there are left out.
    pub(super) fn keep_files(
        &self,
        work: &Work,
        names: &[String],
    ) -> Result<BTreeMap<String, FileHandle>, FailureView> {
        let mut files = BTreeMap::new();
        for name in names {
            let path = work.path().join(name);
            match fs::read(&path) {
                Ok(bytes) => drop(files.insert(name.clone(), self.keep_file(name, &bytes)?)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(broken(&path, &error)),
            }
        }
        Ok(files)
    }

    fn keep_file(&self, name: &str, bytes: &[u8]) -> Result<FileHandle, FailureView> {
        let digest = hex(&Sha256::digest(bytes));
        self.write(&self.folder.join("files").join(&digest), bytes)?;
        let name = Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(FileHandle { digest: format!("sha256:{digest}"), size: bytes.len() as u64, name })
    }

    /// The digest of those files of a tree that a pattern means.
    pub(super) fn hash(&self, tree: &TreeHandle, pattern: &str) -> Result<String, FailureView> {
        let path = self.tree(tree)?;
        let wanted =
            |item: &work::Item| !matches!(item.kind, Kind::Folder) && glob::fits(pattern, &item.name);
        work::digest(&path, wanted).map_err(|e| broken(&path, &e))
    }

    /// The tree that was saved under a key last, if it is still there.
    pub(super) fn restored(&self, key: &str) -> Result<Option<TreeHandle>, FailureView> {
        let path = self.saved(key);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken(&path, &error)),
        };
        let tree: Option<TreeHandle> = serde_json::from_slice(&text).ok();
        Ok(tree.filter(|tree| self.tree(tree).is_ok()))
    }

    pub(super) fn save(&self, key: &str, tree: &TreeHandle) -> Result<(), FailureView> {
        self.tree(tree)?;
        let text = serde_json::to_vec(tree).unwrap_or_default();
        self.write(&self.saved(key), &text)
    }

    fn saved(&self, key: &str) -> PathBuf {
        self.folder.join("saved").join(hex(&Sha256::digest(key)))
    }

    /// Puts a file where a person finds it: under the run and its own name.
    pub(super) fn artifact(&self, run: &str, name: &str, file: &FileHandle) -> Result<(), FailureView> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
            return Err(failure(
                "tool_failed",
                format!("`{name}` cannot be the name of an artifact: it is one name, not a path"),
            ));
        }
        let kept = self.folder.join("files").join(plain(&file.digest)?);
        let bytes = fs::read(&kept).map_err(|_| gone("file", &file.digest))?;
        // `tenant/instance/key`: the first two are encoded, so they are one folder each.
        let run: PathBuf = run.split('/').take(2).filter(|part| !matches!(*part, "." | "..")).collect();
        self.write(&self.folder.join("artifacts").join(run).join(name), &bytes)
    }

    /// Whole or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), FailureView> {
        let work = self.work()?;
        let beside = work.path().join("new");
        let write = || {
            fs::write(&beside, bytes)?;
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            fs::rename(&beside, path)
        };
        write().map_err(|e| broken(path, &e))
    }
}

/// The hex digits of a digest: no name leads out of the folder.
fn plain(digest: &str) -> Result<&str, FailureView> {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let plain = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if plain { Ok(hex) } else { Err(gone("tree or file", digest)) }
}

fn gone(what: &str, digest: &str) -> FailureView {
    failure("missing", format!("the {what} {digest} is not kept here"))
}
