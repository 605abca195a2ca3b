//! `cairn backup`

use std::path::PathBuf;

use clap::Args;

use crate::{
    data::{Access, Dir, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, mistake},
    screen::out,
};

/// Copy the data directory to a new one, also while it is in use
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn backup /backups/monday
  cairn backup /var/lib/cairn /backups/monday

The copy is a data directory: `cairn --data /backups/monday list` opens it, and to restore it
is to put it in the place of the other one. It holds everything that was acknowledged before
the backup began; whoever runs things in the directory goes on meanwhile. What was copied is
read through in full before it gets its name.")]
pub(crate) struct Backup {
    /// The data directory, if it is not the usual one; and where to: a directory that does not exist yet
    #[arg(value_names = ["DIR] [TO"], num_args = 1..=2, required = true)]
    paths: Vec<PathBuf>,
}

impl Backup {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let (dir, to) = match self.paths.as_slice() {
            [dir, to] => (Dir::new(dir), to),
            [to] => (global.dir(), to),
            _ => {
                return Err(mistake(
                    "a backup needs a place to go to",
                    "name a directory that does not exist yet",
                ));
            }
        };
        let to = std::path::absolute(to)
            .map_err(|e| mistake(format!("`{}` is no path: {e}", to.display()), "name another one"))?;
        let access = Access::any(&dir).await?;
        let done = verbs::backup(&access, to.clone()).await;
        access.close().await;
        let done = done?;
        if global.json {
            out::pretty(&done)?;
        } else {
            out::tell(&format!(
                "backed up to `{}`: {} runs with {} entries, {} components and large values, {} bytes; read through, and whole\n",
                to.display(),
                done.instances,
                done.entries,
                done.blobs,
                done.bytes
            ));
        }
        Ok(Exit::Finished)
    }
}
