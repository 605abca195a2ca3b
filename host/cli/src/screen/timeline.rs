//! An instance's journal as a timeline: one entry, one line.

use cairn_host::ops::{FailureView, Line};
use serde_json::Value;

use super::{Clock, Paint, table, template, words};

/// How many characters of a value are shown.
const VALUE: usize = 60;

/// A line for each entry: sequence, time since the first, key, what happened, and where in the source.
pub(crate) fn timeline(lines: &[Line], source: Option<&str>, clock: &Clock, paint: Paint) -> String {
    let start = lines.first().map_or(0, |line| line.at);
    let rows: Vec<_> = lines.iter().map(|line| row(line, start, source, clock, paint)).collect();
    let seq = rows.iter().map(|row| table::shown(&row.seq)).max().unwrap_or_default();
    let since = rows.iter().map(|row| table::shown(&row.since)).max().unwrap_or_default();
    let key = rows.iter().map(|row| table::shown(&row.key)).max().unwrap_or_default();
    let text = rows.iter().map(|row| {
        let head = [table::right(&row.seq, seq), table::right(&row.since, since), table::left(&row.key, key)];
        let place = if row.place.is_empty() { String::new() } else { format!("  {}", paint.dim(&row.place)) };
        let line = format!("  {}  {}{place}", head.join("  "), row.what);
        line.trim_end().to_owned() + "\n"
    });
    text.collect()
}

struct Row {
    seq: String,
    since: String,
    key: String,
    what: String,
    place: String,
}

fn row(line: &Line, start: u64, source: Option<&str>, clock: &Clock, paint: Paint) -> Row {
    let since = match line.at.saturating_sub(start) {
        0 => "0".to_owned(),
        ms => format!("+{}", words::duration(ms)),
    };
    let place = line.place.map(|(row, column)| format!("{}:{row}:{column}", source.unwrap_or("line")));
    Row {
        seq: line.seq.to_string(),
        since,
        key: line.key.clone().unwrap_or_default(),
        what: what(line, clock, paint),
        place: place.unwrap_or_default(),
    }
}

/// What happened, in words.
fn what(line: &Line, clock: &Clock, paint: Paint) -> String {
    let brief = |data: &Value| template::brief(data, VALUE);
    let field = |name: &str| line.data.as_ref().and_then(|data| data.get(name));
    let data = line.data.as_ref().map(brief).unwrap_or_default();
    let words = match line.entry.as_str() {
        "began" => format!("{} {}", line.what, field("input").map(brief).unwrap_or_default()),
        "asked" if line.what.starts_with("sleep") => match field("until").and_then(Value::as_u64) {
            Some(until) => format!("{} until {}", line.what, clock.moment(until)),
            None => line.what.clone(),
        },
        "asked" => match line.what.strip_prefix("undo ") {
            Some(undo) => format!("if undone: {undo} {data}"),
            None => format!("{} {data}", line.what),
        },
        "tried" => format!(
            "{} attempt {}: {}{}",
            paint.yellow("!"),
            line.attempt.unwrap_or(1),
            failed(line),
            again(line)
        ),
        "ended" if line.failure.as_ref().is_some_and(given_up) => format!("– given up{}", took(line)),
        "ended" if line.failure.is_some() => format!("{} {}{}", paint.red("✗"), failed(line), took(line)),
        "ended" => {
            let data = arrived(line).unwrap_or(data);
            format!("{} {data}{}", paint.green("✓"), took(line))
        }
        "finished" if line.failure.is_some() => format!("{} {}", paint.red("failed"), failed(line)),
        "finished" => format!("{} {data}", paint.green("finished")),
        "cancel" | "acted" => match field("why").and_then(Value::as_str).filter(|why| !why.is_empty()) {
            Some(why) => format!("{}: {why}", line.what),
            None => line.what.clone(),
        },
        "sent" => format!("attempt {} {}", line.attempt.unwrap_or(1), line.what),
        "logged" => format!("log {} {}", line.what, if data == "{}" { "" } else { &data }),
        entry if line.what.is_empty() => format!("{entry} {data}"),
        _ => format!("{} {data}", line.what),
    };
    words.trim_end().to_owned()
}

/// The event that ended a `wait`, without what only the code needs.
fn arrived(line: &Line) -> Option<String> {
    let data = line.data.as_ref().filter(|_| line.what.starts_with("wait "))?;
    let fields = data.get("data").map(|fields| template::brief(fields, VALUE)).unwrap_or_default();
    Some(format!("{} {fields}", data.get("event")?.as_str()?))
}

/// It ended because the code, or the run's end, had no more use for it: not by its own fault, nor by a wish to stop.
pub(crate) fn given_up(failure: &FailureView) -> bool {
    failure.kind == "cancelled" && !failure.message.starts_with("cancelled by")
}

/// When another attempt was due.
fn again(line: &Line) -> String {
    let due = line.data.as_ref().and_then(|data| data.get("again")).and_then(Value::as_u64);
    due.map(|due| format!("; again after {}", words::duration(due.saturating_sub(line.at))))
        .unwrap_or_default()
}

fn failed(line: &Line) -> String {
    line.failure.as_ref().map(failure_words).unwrap_or_default()
}

/// `kind: message`, in one line.
pub(crate) fn failure_words(failure: &FailureView) -> String {
    match failure.message.as_str() {
        "" => failure.kind.clone(),
        // `cancelled by ada` says what kind it is.
        message if message.starts_with(&failure.kind) => template::cut(message, 200),
        message => format!("{}: {}", failure.kind, template::cut(message, 200)),
    }
}

fn took(line: &Line) -> String {
    let attempts = line.attempt.filter(|&n| n > 1).map(|n| format!("{n} attempts"));
    let parts: Vec<_> = line.took.map(words::duration).into_iter().chain(attempts).collect();
    if parts.is_empty() { String::new() } else { format!("  ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(seq: u64, at: u64, entry: &str, key: &str, what: &str) -> Line {
        let key = (!key.is_empty()).then(|| key.to_owned());
        let (entry, what) = (entry.to_owned(), what.to_owned());
        Line { seq, at, entry, key, what, data: None, place: None, attempt: None, took: None, failure: None }
    }

    #[test]
    fn a_journal_reads_from_top_to_bottom() {
        let failure =
            FailureView { kind: "http_5xx".into(), message: "503 Busy\nlong".into(), detail: json!({}) };
        let message = "the code gave it up".into();
        let gone = FailureView { kind: "cancelled".into(), message, detail: json!(null) };
        let lines = [
            Line { data: Some(json!({ "input": { "order": 1 } })), ..line(0, 1_000, "began", "", "start w") },
            Line {
                data: Some(json!({ "cents": 999 })),
                place: Some((31, 5)),
                ..line(1, 1_003, "asked", "charge", "call payments.charge")
            },
            Line {
                data: Some(json!({ "again": 2_205 })),
                attempt: Some(1),
                failure: Some(failure),
                ..line(2, 1_205, "tried", "charge", "call payments.charge")
            },
            Line {
                data: Some(json!({ "id": "c1" })),
                attempt: Some(2),
                took: Some(2_300),
                ..line(3, 3_303, "ended", "charge", "call payments.charge")
            },
            Line { data: Some(json!({ "span": 3_000 })), ..line(4, 3_310, "asked", "sleep", "sleep 3s") },
            Line {
                data: Some(json!({ "event": "go", "id": "m1", "subscription": 0, "data": { "n": 1 } })),
                ..line(4, 3_315, "ended", "wait", "wait go")
            },
            Line { failure: Some(gone), ..line(4, 3_315, "ended", "after", "sleep 3d") },
            Line { data: Some(json!({ "until": 63_000 })), ..line(5, 3_320, "asked", "nap", "sleep") },
            Line { data: Some(json!({ "sku": 1 })), ..line(6, 3_330, "logged", "", "info: low") },
            Line {
                data: Some(json!({ "by": "ada", "why": "gone" })),
                ..line(7, 3_340, "cancel", "", "cancel by ada")
            },
            Line { data: Some(json!("done")), ..line(10, 3_400, "finished", "", "finish") },
        ];
        let expected = concat!(
            "   0        0          start w {\"order\": 1}\n",
            "   1    +3 ms  charge  call payments.charge {\"cents\": 999}  order.cairn:31:5\n",
            "   2  +205 ms  charge  ! attempt 1: http_5xx: 503 Busy…; again after 1 s\n",
            "   3   +2.3 s  charge  ✓ {\"id\": \"c1\"}  (2.3 s, 2 attempts)\n",
            "   4   +2.3 s  sleep   sleep 3s\n",
            "   4   +2.3 s  wait    ✓ go {\"n\": 1}\n",
            "   4   +2.3 s  after   – given up\n",
            "   5   +2.3 s  nap     sleep until 00:01:03\n",
            "   6   +2.3 s          log info: low {\"sku\": 1}\n",
            "   7   +2.3 s          cancel by ada: gone\n",
            "  10   +2.4 s          finished \"done\"\n",
        );
        assert_eq!(timeline(&lines, Some("order.cairn"), &Clock::at(0), Paint::plain()), expected);
    }
}
