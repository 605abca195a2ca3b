//! Telling what happens: lines for people on stderr, or lines of JSON on stdout.

use cairn_host::ops::{InstanceView, OutcomeView, Shown, State, Update};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    exit::Exit,
    problem::Outcome,
    screen::{Clock, Hints, Paint, Status, Story, now, open, out},
};

/// For whom.
#[derive(Debug)]
pub(crate) enum Report {
    /// People.
    Told(Box<Told>),
    /// Programs.
    Lines,
}

/// What is shown to people, and where.
#[derive(Debug)]
pub(crate) struct Told {
    story: Story,
    status: Status,
    clock: Clock,
}

/// The last line for programs about an instance.
#[derive(Debug, Serialize)]
pub(crate) struct Concluded<'c> {
    /// Always `outcome`.
    pub(crate) event: &'static str,
    /// Where it stands.
    #[serde(flatten)]
    pub(crate) instance: &'c InstanceView,
    /// How it ended, if it has.
    pub(crate) outcome: Option<&'c OutcomeView>,
    /// Why this process did not go on with it, if so.
    pub(crate) stopped: Option<&'c str>,
    /// What this instance alone would end the process with.
    pub(crate) exit: u8,
}

impl Report {
    /// For people or programs; `named`: about more than one instance.
    pub(crate) fn new(json: bool, hints: Hints, named: bool) -> Self {
        if json {
            return Self::Lines;
        }
        let story = Story::new(Paint::stderr(), hints, named);
        Self::Told(Box::new(Told { story, status: Status::stderr(), clock: Clock::here() }))
    }

    /// Something happened.
    ///
    /// # Errors
    ///
    /// A fault where stdout cannot be written.
    pub(crate) fn update(&mut self, update: &Update) -> Outcome<()> {
        match self {
            Self::Told(told) => {
                told.clock.tick();
                let lines = told.story.lines(update, &told.clock, now());
                told.status.lines(&lines);
                told.tick();
                Ok(())
            }
            Self::Lines => out::line(&flat(update)).map(|_| ()),
        }
    }

    /// An instance that is followed alone is at rest and waits. `silent`: nothing has happened in it that was told.
    ///
    /// # Errors
    ///
    /// A fault where stdout cannot be written.
    pub(crate) fn rests(&mut self, shown: &Shown, silent: bool) -> Outcome<()> {
        let open = open(&shown.timeline);
        match (self, &shown.instance.state) {
            (Self::Told(told), _) => {
                told.clock.tick();
                told.story.events(&shown.events);
                let lines = told.story.rests(&shown.instance, &open, &told.clock);
                told.status.lines(&lines);
                Ok(())
            }
            (Self::Lines, State::Waiting { until, events, on }) if silent => {
                let keys: Vec<_> = open.iter().map(|one| one.key.as_str()).collect();
                let id = &shown.instance.id;
                let line = json!({
                    "id": id, "event": "waiting", "until": until, "events": events, "on": on, "keys": keys
                });
                out::line(&line).map(|_| ())
            }
            (Self::Lines, _) => Ok(()),
        }
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self) {
        if let Self::Told(told) = self {
            told.tick();
        }
    }

    /// Updates were lost because they came faster than they could be told.
    pub(crate) fn missed(&mut self, many: u64) {
        match self {
            Self::Told(told) => told.status.lines(&[format!("  … {many} updates came too fast to be shown")]),
            Self::Lines => {
                let _ = out::line(&json!({ "event": "missed", "updates": many }));
            }
        }
    }

    /// The instance is done with, as far as this process goes.
    ///
    /// # Errors
    ///
    /// A fault where stdout cannot be written.
    pub(crate) fn concluded(&mut self, end: &Concluded<'_>) -> Outcome<()> {
        match self {
            Self::Told(told) => {
                told.status.set(None);
                Ok(())
            }
            Self::Lines => out::line(end).map(|_| ()),
        }
    }

    /// Whether it is for programs.
    pub(crate) fn json(&self) -> bool {
        matches!(self, Self::Lines)
    }

    /// Takes the status line away: something else is to be said.
    pub(crate) fn quiet(&mut self) {
        if let Self::Told(told) = self {
            told.status.set(None);
        }
    }
}

impl Told {
    fn tick(&mut self) {
        if self.status.lives() {
            self.status.set(self.story.status(now()));
        } else {
            let lines = self.story.overdue(now());
            self.status.lines(&lines);
        }
    }
}

impl<'c> Concluded<'c> {
    /// How an instance stands at the end.
    pub(crate) fn new(
        instance: &'c InstanceView,
        outcome: Option<&'c OutcomeView>,
        stopped: Option<&'c str>,
        exit: Exit,
    ) -> Self {
        Self { event: "outcome", instance, outcome, stopped, exit: exit.code() }
    }
}

/// The instance's id and the fields of what happened, side by side.
fn flat(update: &Update) -> Value {
    let mut line = json!({ "id": update.id });
    if let (Value::Object(line), Ok(Value::Object(fields))) =
        (&mut line, serde_json::to_value(&update.progress))
    {
        line.extend(fields);
    }
    line
}
