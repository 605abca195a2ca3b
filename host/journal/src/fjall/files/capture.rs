//! All files of one moment, held open: what is held open stays readable when the engine removes it, and tables and the log's past are never
//! written to again. So a backup stops the writing only for as long as it takes to open them.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::{
    log,
    tables::{KEYSPACES, Keyspace},
};
use crate::{
    StoreError,
    fjall::{blobs::sync_folder, errors},
};

/// The files of a database at one moment.
#[derive(Debug)]
pub(crate) struct Captured {
    db: PathBuf,
    /// The number of the last batch that belongs to it.
    pub(crate) number: u64,
    /// The log, oldest first.
    logs: Vec<(PathBuf, File)>,
    tables: Vec<(PathBuf, File)>,
    /// Lists of tables, as they were.
    lists: Vec<(PathBuf, Vec<u8>)>,
}

/// The engine may replace a list while it is read; hardly ever twice.
const TRIES: u32 = 100;

/// Opens everything. Nothing may be written meanwhile but by the engine's own housekeeping; all up to batch `number` is synced.
pub(crate) fn capture(db: &Path, number: u64) -> Result<Captured, StoreError> {
    let mut captured =
        Captured { db: db.to_owned(), number, logs: Vec::new(), tables: Vec::new(), lists: Vec::new() };
    // The log first: what moves from it into a table meanwhile is then in both, and not in neither.
    captured.logs = retry(|| {
        let files = log::list(db).map_err(|error| errors::of_io(db, &error))?;
        files.into_iter().map(|(_, path)| open(&path)).collect()
    })?;
    for number in 0..KEYSPACES.len() {
        let (keyspace, tables) = retry(|| {
            let keyspace = Keyspace::open(db, number)?;
            let tables: Vec<_> =
                keyspace.tables.iter().map(|table| open(&table.path)).collect::<Result<_, _>>()?;
            Ok((keyspace, tables))
        })?;
        captured.tables.extend(tables);
        captured.lists.push((keyspace.folder.join("current"), keyspace.current));
        captured.lists.push(keyspace.list);
    }
    Ok(captured)
}

fn open(path: &Path) -> Result<(PathBuf, File), StoreError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            StoreError::Corrupt { place: path.display().to_string(), found: "the file is missing".into() }
        }
        _ => errors::of_io(path, &error),
    })?;
    Ok((path.to_owned(), file))
}

fn retry<T>(attempt: impl Fn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut tried = 0;
    loop {
        match attempt() {
            Err(StoreError::Corrupt { .. }) if tried < TRIES => tried += 1,
            answer => return answer,
        }
        std::thread::yield_now();
    }
}

impl Captured {
    /// Writes them to another folder, synced. Gives how many bytes.
    pub(crate) fn write(mut self, to: &Path) -> Result<u64, StoreError> {
        self.copy(to).map_err(|error| errors::of_io(to, &error))
    }

    fn copy(&mut self, to: &Path) -> io::Result<u64> {
        let (mut bytes, db) = (0, self.db.clone());
        let place = |path: &Path| to.join(path.strip_prefix(&db).unwrap_or(path));
        for number in 0..KEYSPACES.len() {
            fs::create_dir_all(to.join("keyspaces").join(number.to_string()).join("tables"))?;
        }
        for (path, file) in &mut self.tables {
            bytes += copy(file, &place(path))?;
        }
        for (path, content) in &self.lists {
            bytes += content.len() as u64;
            write(&place(path), content)?;
        }
        for (path, file) in &mut self.logs {
            let place = place(path);
            bytes += copy(file, &place)?;
            cut_behind(&place, self.number)?;
        }
        write(&to.join("version"), &fs::read(self.db.join("version"))?)?;
        write(&to.join("lock"), &[])?;
        for number in 0..KEYSPACES.len() {
            let folder = to.join("keyspaces").join(number.to_string());
            sync_folder(&folder.join("tables"))?;
            sync_folder(&folder)?;
        }
        sync_folder(&to.join("keyspaces"))?;
        sync_folder(to)?;
        Ok(bytes)
    }
}

fn copy(from: &mut File, to: &Path) -> io::Result<u64> {
    let mut to = File::create(to)?;
    let bytes = io::copy(from, &mut to)?;
    to.sync_all()?;
    Ok(bytes)
}

fn write(to: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(to, content)?;
    File::open(to)?.sync_all()
}

/// What was written behind the moment does not belong to it.
fn cut_behind(path: &Path, number: u64) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let mut end = 0;
    while let Ok(batch) = log::batch_at(&bytes, end) {
        if batch.marks.iter().any(|(_, mark)| mark.number() > number) {
            break;
        }
        end = batch.end;
    }
    let file = File::options().write(true).open(path)?;
    file.set_len(end as u64)?;
    file.sync_all()
}
