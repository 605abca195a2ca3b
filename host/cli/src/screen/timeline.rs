//! An instance's journal as a timeline: one entry, one line.

use cairn_host::ops::{FailureView, Line};

use super::{Paint, table, template, words};

/// How many characters of a value are shown.
const VALUE: usize = 60;

/// A line for each entry: sequence, time since the first, key, what happened, and where in the source.
pub(crate) fn timeline(lines: &[Line], source: Option<&str>, paint: Paint) -> String {
    let start = lines.first().map_or(0, |line| line.at);
    let rows: Vec<_> = lines.iter().map(|line| row(line, start, source, paint)).collect();
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

fn row(line: &Line, start: u64, source: Option<&str>, paint: Paint) -> Row {
    let since = match line.at.saturating_sub(start) {
        0 => "0".to_owned(),
        ms => format!("+{}", words::duration(ms)),
    };
    let place = line.place.map(|(row, column)| format!("{}:{row}:{column}", source.unwrap_or("line")));
    Row {
        seq: line.seq.to_string(),
        since,
        key: line.key.clone().unwrap_or_default(),
        what: what(line, paint),
        place: place.unwrap_or_default(),
    }
}

/// What happened, in words.
fn what(line: &Line, paint: Paint) -> String {
    let data = line.data.as_ref().map(|data| template::brief(data, VALUE)).unwrap_or_default();
    let words = match line.entry.as_str() {
        "asked" => format!("{} {data}", line.what),
        "tried" => format!("{} attempt {}: {}", paint.yellow("!"), line.attempt.unwrap_or(1), failed(line)),
        "ended" if line.failure.is_some() => format!("{} {}{}", paint.red("✗"), failed(line), took(line)),
        "ended" => format!("{} {data}{}", paint.green("✓"), took(line)),
        "finished" => match &line.failure {
            Some(failure) => format!("{} {}", paint.red("failed"), failure_words(failure)),
            None => format!("{} {data}", paint.green("finished")),
        },
        entry if line.what.is_empty() => format!("{entry} {data}"),
        entry => format!("{entry}: {} {data}", line.what),
    };
    words.trim_end().to_owned()
}

fn failed(line: &Line) -> String {
    line.failure.as_ref().map(failure_words).unwrap_or_default()
}

/// `kind: message`, in one line.
pub(crate) fn failure_words(failure: &FailureView) -> String {
    match failure.message.as_str() {
        "" => failure.kind.clone(),
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
        let lines = [
            Line { data: Some(json!({ "order": 1 })), ..line(0, 1_000, "began", "", "") },
            Line {
                data: Some(json!({ "cents": 999 })),
                place: Some((31, 5)),
                ..line(1, 1_003, "asked", "charge", "call payments.charge")
            },
            Line { attempt: Some(1), failure: Some(failure), ..line(2, 1_205, "tried", "charge", "") },
            Line {
                data: Some(json!({ "id": "c1" })),
                attempt: Some(2),
                took: Some(2_300),
                ..line(3, 3_303, "ended", "charge", "call payments.charge")
            },
            Line { data: Some(json!("done")), ..line(10, 3_400, "finished", "", "") },
        ];
        let expected = concat!(
            "   0        0          began {\"order\": 1}\n",
            "   1    +3 ms  charge  call payments.charge {\"cents\": 999}  order.cairn:31:5\n",
            "   2  +205 ms  charge  ! attempt 1: http_5xx: 503 Busy…\n",
            "   3   +2.3 s  charge  ✓ {\"id\": \"c1\"}  (2.3 s, 2 attempts)\n",
            "  10   +2.4 s          finished \"done\"\n",
        );
        assert_eq!(timeline(&lines, Some("order.cairn"), Paint::plain()), expected);
    }
}
