//! Comments behind code, on lines that follow one another, begin in one column.

use super::layout::{Page, width};

/// Further apart than this they are left where they are.
const APART_MAX: usize = 24;

/// A comment behind code.
#[derive(Clone, Copy)]
struct Tail {
    /// Its first byte.
    at: usize,
    column: usize,
    line: usize,
    /// Blanks that its line begins with.
    margin: usize,
}

/// The text of the page, its comments aligned.
pub(super) fn align(page: &Page) -> String {
    let tails = tails(page);
    let mut runs: Vec<Vec<Tail>> = Vec::new();
    for tail in tails {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| joins(*last, tail))) {
            Some(run) => run.push(tail),
            None => runs.push(vec![tail]),
        }
    }
    padded(&page.text, &runs)
}

fn tails(page: &Page) -> Vec<Tail> {
    let (mut line, mut counted) = (0, 0);
    let mut tails = Vec::with_capacity(page.tails.len());
    for &at in &page.tails {
        line += page.text.get(counted..at).map_or(0, |passed| passed.matches('\n').count());
        counted = at;
        let before = page.text.get(..at).unwrap_or_default();
        let code = before.rsplit('\n').next().unwrap_or_default();
        let margin = code.len() - code.trim_start_matches(' ').len();
        tails.push(Tail { at, column: width(code), line, margin });
    }
    tails
}

fn joins(last: Tail, next: Tail) -> bool {
    next.line == last.line + 1 && next.margin == last.margin && next.column.abs_diff(last.column) <= APART_MAX
}

fn padded(text: &str, runs: &[Vec<Tail>]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut copied = 0;
    for run in runs {
        let column = run.iter().map(|tail| tail.column).max().unwrap_or_default();
        for tail in run {
            whole.push_str(text.get(copied..tail.at).unwrap_or_default());
            whole.extend(std::iter::repeat_n(' ', column - tail.column));
            copied = tail.at;
        }
    }
    whole.push_str(text.get(copied..).unwrap_or_default());
    whole
}
