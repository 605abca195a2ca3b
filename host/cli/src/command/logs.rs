//! `cairn logs`

use std::time::Duration;

use cairn_host::ops::{LogLine, Logged};
use clap::Args;

use crate::{
    data::{Access, Dir, connect, verbs},
    exit::Exit,
    global::Global,
    problem::Outcome,
    screen::{
        Clock, Paint, log_line,
        out::{self, Reader},
    },
};

/// Show what a run wrote to its log
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn logs o1
  cairn logs o1 --follow
  cairn logs o1 --json | jq -r .message")]
pub(crate) struct Logs {
    /// The run's id
    id: String,

    /// Go on until the run has ended
    #[arg(short, long)]
    follow: bool,
}

/// How often it is looked for new lines.
const LOOK: Duration = Duration::from_millis(250);

impl Logs {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let mut logged = self.read(&dir, 0).await?;
        let mut held = true;
        while write(&logged.lines, global.json)? == Reader::Listens && self.follow && !logged.over {
            held = changed(&dir, held).await;
            logged = self.read(&dir, logged.next).await?;
        }
        Ok(Exit::Finished)
    }

    async fn read(&self, dir: &Dir, from: u64) -> Outcome<Logged> {
        let access = Access::any(dir).await?;
        let logged = verbs::logs(&access, &self.id, from).await;
        access.close().await;
        logged
    }
}

/// Resolves when there may be new lines: while a process holds the directory from time to time, and once after it let go.
/// While nobody has it open no line can come, and opening it would be in the way of who wants to.
async fn changed(dir: &Dir, held: bool) -> bool {
    loop {
        tokio::time::sleep(LOOK).await;
        let now = connect(dir).await.is_some();
        if now || held {
            return now;
        }
    }
}

fn write(lines: &[LogLine], json: bool) -> Outcome<Reader> {
    let (clock, paint) = (Clock::here(), Paint::stdout());
    for line in lines {
        let reader = if json {
            out::line(line)?
        } else {
            out::data(&format!("{} {}\n", paint.dim(&clock.moment(line.at)), log_line(line, paint)))?
        };
        if reader == Reader::Gone {
            return Ok(Reader::Gone);
        }
    }
    Ok(Reader::Listens)
}
