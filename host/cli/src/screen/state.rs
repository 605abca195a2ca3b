//! Where an instance stands, in words.

use cairn_host::ops::State;

use super::{Clock, Paint};

/// In one phrase: `waiting for a or b until 14:03:22 (in 2 min)`.
pub(crate) fn state(state: &State, clock: &Clock, paint: Paint) -> String {
    match state {
        State::Ready => paint.cyan("ready"),
        State::Waiting { until, events, on } => match waits(*until, events, on, clock) {
            how if how.is_empty() => paint.yellow("waiting"),
            how => format!("{} {how}", paint.yellow("waiting")),
        },
        State::Paused => paint.yellow("paused"),
        State::Finished => paint.green("finished"),
        State::Failed { kind } => format!("{} {kind}", paint.red("failed:")),
        State::Diverged { .. } => paint.red("diverged"),
    }
}

/// For what and until when: `for a or b until 14:03:22 (in 2 min)`; empty where neither is known.
pub(crate) fn waits(until: Option<u64>, events: &[String], on: &[String], clock: &Clock) -> String {
    let what: Vec<String> = events.iter().cloned().chain(on.iter().map(|one| awaited(one))).collect();
    let events = (!what.is_empty()).then(|| format!("for {}", what.join(" or ")));
    let left = |ms| if clock.has_come(ms) { "due".to_owned() } else { clock.ahead(ms) };
    let until = until.map(|ms| format!("until {} ({})", clock.moment(ms), left(ms)));
    events.into_iter().chain(until).collect::<Vec<_>>().join(" ")
}

/// What else it waits for: `the run o1~ship`, `a place of deploy`, `an answer from alice`, `its turn`.
fn awaited(on: &str) -> String {
    match on.split_once(' ') {
        Some(("child", id)) => format!("the run {id}"),
        Some(("unclear", key)) => format!("a decision about {key}"),
        Some(("lock", name)) => format!("a place of {name}"),
        Some(("answer", of)) => {
            format!("an answer from {}", of.split_once(" from ").map_or(of, |(_, whom)| whom))
        }
        _ if on == "turn" => "its turn".to_owned(),
        _ => on.to_owned(),
    }
}

/// A digest short enough to be read: `sha256:3fa9c0d2e1b4…`.
pub(crate) fn digest(digest: &str) -> String {
    match digest.char_indices().nth("sha256:".len() + 12) {
        Some((end, _)) => format!("{}…", digest.get(..end).unwrap_or(digest)),
        None => digest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_reads_as_a_phrase() {
        let clock = Clock::at(1_767_225_600_000);
        let said = |s: &State| state(s, &clock, Paint::plain());
        let events = vec!["parcel_picked_up".to_owned(), "order_cancelled".to_owned()];
        let wait = State::Waiting { until: Some(1_767_225_720_000), events, on: vec![] };
        assert_eq!(said(&wait), "waiting for parcel_picked_up or order_cancelled until 00:02:00 (in 2 min)");
        let due = State::Waiting { until: Some(1_767_225_600_000), events: vec![], on: vec![] };
        assert_eq!(said(&due), "waiting until 00:00:00 (due)");
        assert_eq!(said(&State::Waiting { until: None, events: vec![], on: vec![] }), "waiting");
        let on = ["child o1~ship", "lock deploy", "answer sign_off from alice", "unclear charge", "turn"];
        let on = on.map(str::to_owned);
        let words = "waiting for the run o1~ship or a place of deploy or an answer from alice or a decision about charge or its turn";
        assert_eq!(said(&State::Waiting { until: None, events: vec![], on: on.into() }), words);
        assert_eq!(said(&State::Failed { kind: "timeout".into() }), "failed: timeout");
        assert_eq!(digest(&format!("sha256:{}", "3fa9c0d2e1b4".repeat(5))), "sha256:3fa9c0d2e1b4…");
    }
}
