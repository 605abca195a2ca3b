//! A program that runs, and what it left when it ended.

use std::{
    io::Read,
    os::unix::process::ExitStatusExt,
    process::{Child, ExitStatus},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longer than anything here takes on a loaded machine; a hang fails the test instead of holding everything up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at a process or its output.
const LOOK: Duration = Duration::from_millis(2);

/// What a program left when it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The command line, for messages and golden files.
    pub line: String,
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

impl Ran {
    /// This, if it ended with that exit code.
    ///
    /// # Panics
    /// If it ended otherwise; the message has everything it wrote.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "another exit code than {code}\n{}", self.text());
        self
    }

    /// Its standard output as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON: {e}\n{}", self.text()))
    }

    /// SIGKILL ended it.
    #[must_use]
    pub fn killed(&self) -> bool {
        self.signal == Some(9)
    }

    /// Everything about it, for a message or a golden file: the command above what came of it.
    #[must_use]
    pub fn text(&self) -> String {
        let end = match (self.code, self.signal) {
            (Some(code), _) => format!("exit code {code}"),
            (None, Some(signal)) => format!("ended by signal {signal}"),
            (None, None) => "ended otherwise".to_owned(),
        };
        let mut text = format!("$ {}\n[{end}]\n", self.line);
        for (name, part) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !part.is_empty() {
                text.push_str(&format!("--- {name}\n{part}"));
                if !part.ends_with('\n') {
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// A program that runs. Dropped, it is killed.
pub struct Running {
    line: String,
    child: Child,
    stdout: Reader,
    stderr: Reader,
}

impl Running {
    pub(crate) fn new(line: String, mut child: Child) -> Self {
        let stdout = Reader::new(child.stdout.take().expect("stdout is piped"));
        let stderr = Reader::new(child.stderr.take().expect("stderr is piped"));
        Self { line, child, stdout, stderr }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has written `text` to its standard output or error.
    ///
    /// # Panics
    /// If it ends, or takes too long, without.
    #[track_caller]
    pub fn writes(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.so_far().contains(text) {
            let ended = self.child.try_wait().expect("its state can be asked").is_some();
            thread::sleep(LOOK);
            let over = ended || begun.elapsed() > PATIENCE;
            assert!(!over || self.so_far().contains(text), "never wrote `{text}`:\n{}", self.so_far());
        }
    }

    /// Waits until `what` holds.
    ///
    /// # Panics
    /// If the program ends, or time runs out, before.
    #[track_caller]
    pub fn until(&mut self, what: impl Fn() -> bool) {
        let begun = Instant::now();
        while !what() {
            let ended = self.child.try_wait().expect("its state can be asked").is_some();
            let over = ended || begun.elapsed() > PATIENCE;
            assert!(!over || what(), "it never came so far:\n{}", self.so_far());
            thread::sleep(LOOK);
        }
    }

    /// Kills it with SIGKILL, as a power cut would end it, and gives what it had written.
    #[must_use]
    pub fn kill(mut self) -> Ran {
        self.child.kill().expect("SIGKILL can be sent");
        let status = self.child.wait().expect("it can be waited for");
        self.ran(status)
    }

    /// Interrupts it as Ctrl-C does and waits for its end.
    #[must_use]
    pub fn interrupt(self) -> Ran {
        let id = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.expect("a process id"), rustix::process::Signal::INT)
            .expect("SIGINT can be sent");
        self.finish()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it takes too long; it is killed then.
    #[track_caller]
    pub fn finish(mut self) -> Ran {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state can be asked") {
                return self.ran(status);
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}\n{}", self.line, self.so_far());
            thread::sleep(LOOK);
        }
    }

    /// What it has written up to now, standard output first.
    #[must_use]
    pub fn so_far(&self) -> String {
        format!("{}{}", self.stdout.so_far(), self.stderr.so_far())
    }

    fn ran(&mut self, status: ExitStatus) -> Ran {
        Ran {
            line: self.line.clone(),
            code: status.code(),
            signal: status.signal(),
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where the process has gone, which is what is wanted.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Reads a pipe on a thread of its own, so that a full pipe never holds the program up.
struct Reader {
    text: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    fn new(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&text);
        let thread = thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = pipe.read(&mut part) {
                let part = part.get(..n).unwrap_or_default();
                into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(part);
            }
        });
        Self { text, thread: Some(thread) }
    }

    fn so_far(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn all(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the reader does not panic");
        }
        self.so_far()
    }
}
