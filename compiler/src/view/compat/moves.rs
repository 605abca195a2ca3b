//! Which keys changed, and from where an instance could be moved.

use serde::Serialize;

use super::Change;
use super::steps::{Before, Step};
use crate::check::assignable;

/// A place of the old code where an instance may wait.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waiting {
    /// Its key, `*` for what is worked out.
    pub key: String,
    /// `call`, `wait`, `sleep`, `ask`, `run`, `lock`.
    pub kind: &'static str,
    /// In the old source, from 1.
    pub line: u32,
    /// Whether an instance that waits there could be moved.
    pub verdict: Verdict,
    /// Why not, or on what it depends.
    pub why: Vec<String>,
}

/// Whether an instance could be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It could.
    #[default]
    Yes,
    /// That depends on the way that it took.
    Maybe,
    /// It could not.
    No,
}

/// What changed under the keys.
pub(super) fn changes(old: &[Step], new: &[Step]) -> Vec<Change> {
    let mut changes = Vec::new();
    for step in new {
        let change = |code, message, before: Option<&Step>| Change {
            code,
            message,
            old_line: before.map(|before| before.line),
            new_line: Some(step.line),
            breaking: false,
        };
        let (key, kind) = (&step.key, step.kind);
        match find(old, step) {
            None => changes.push(change("E1101", format!("a new key: `{key}` ({kind})"), None)),
            Some(before) if before.kind != kind => {
                let text = format!("`{key}` was a {} and is a {kind}", before.kind);
                changes.push(change("E1103", text, Some(before)));
            }
            Some(before) => {
                if before.request != step.request {
                    let text = format!("what `{key}` ({kind}) asks for has changed");
                    changes.push(change("E1104", text, Some(before)));
                }
                if let (Some(was), Some(now)) = (&before.result, &step.result)
                    && was != now
                {
                    let text = format!("what `{key}` gives was `{was}` and is `{now}`");
                    changes.push(change("E1105", text, Some(before)));
                }
            }
        }
    }
    let gone = old.iter().filter(|before| find(new, before).is_none());
    changes.extend(gone.map(|before| Change {
        code: "E1102",
        message: format!("the key `{}` ({}) is gone", before.key, before.kind),
        old_line: Some(before.line),
        new_line: None,
        breaking: false,
    }));
    changes
}

fn find<'s>(steps: &'s [Step], like: &Step) -> Option<&'s Step> {
    steps.iter().find(|step| step.key == like.key)
}

fn place(steps: &[Step], like: &Step) -> Option<usize> {
    steps.iter().position(|step| step.key == like.key)
}

/// All places where an instance may wait.
pub(super) fn waiting(old: &[Step], new: &[Step], reads_input: bool) -> Vec<Waiting> {
    let places = old.iter().enumerate().filter(|(_, step)| step.waits());
    places
        .map(|(at, step)| {
            let mut reasons = Reasons::default();
            if !reads_input {
                reasons.add(
                    Verdict::No,
                    "the input of a run that has begun may not be right for the new code".into(),
                );
            }
            look(old, new, at, step, &mut reasons);
            let (key, kind, line) = (step.key.clone(), step.kind, step.line);
            Waiting { key, kind, line, verdict: reasons.verdict, why: reasons.why }
        })
        .collect()
}

#[derive(Default)]
struct Reasons {
    verdict: Verdict,
    why: Vec<String>,
}

impl Reasons {
    fn add(&mut self, verdict: Verdict, why: String) {
        self.verdict = self.verdict.max(verdict);
        if !self.why.contains(&why) {
            self.why.push(why);
        }
    }
}

/// What is recorded has to be asked for again as it was, and nothing new in front of it.
fn look(old: &[Step], new: &[Step], at: usize, step: &Step, reasons: &mut Reasons) {
    let Some(there) = place(new, step) else {
        reasons.add(Verdict::No, format!("`{}` is gone", step.key));
        return;
    };
    let Some(target) = new.get(there) else { return };
    same(step, target, Verdict::No, reasons);
    for (n, before) in old.iter().enumerate().filter(|(n, _)| *n != at) {
        let verdict = match before.before(step, n < at) {
            Before::Certainly => Verdict::No,
            Before::Perhaps | Before::Beside => Verdict::Maybe,
            Before::Not => continue,
        };
        match place(new, before).and_then(|n| Some((n, new.get(n)?))) {
            None => reasons.add(verdict, format!("`{}` may be recorded, and is gone", before.key)),
            Some((n, now)) => {
                same(before, now, verdict, reasons);
                if now.before(target, n < there) == Before::Not {
                    let text = format!("`{}` may be recorded, and now comes behind", before.key);
                    reasons.add(Verdict::Maybe, text);
                }
            }
        }
    }
    for (n, now) in new.iter().enumerate().filter(|(n, _)| *n != there) {
        let verdict = match now.before(target, n < there) {
            Before::Certainly => Verdict::No,
            Before::Perhaps => Verdict::Maybe,
            Before::Beside | Before::Not => continue,
        };
        let recorded = place(old, now).and_then(|n| Some(old.get(n)?.before(step, n < at)));
        if recorded.is_none_or(|before| before == Before::Not) {
            reasons.add(verdict, format!("`{}` is asked for before it, and is not recorded", now.key));
        }
    }
}

/// A recorded request is compared in full, and its outcome is read again.
fn same(before: &Step, now: &Step, verdict: Verdict, reasons: &mut Reasons) {
    let key = &before.key;
    if before.kind != now.kind {
        reasons.add(verdict, format!("`{key}` was a {} and is a {}", before.kind, now.kind));
    } else if before.request != now.request {
        reasons.add(verdict, format!("what `{key}` asks for has changed"));
    }
    if let (Some(was), Some(now)) = (&before.result, &now.result)
        && !assignable(was, now)
    {
        reasons.add(Verdict::Maybe, format!("what `{key}` gave is now read as `{now}`"));
    }
}
