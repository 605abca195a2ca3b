//! Words in messages: the nearest known name, and types with their article.

use crate::types::Type;

/// The known name that was probably meant.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let allowed = 1 + wrong.chars().count() / 4;
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(d, name)| *d <= allowed && *d < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// Edits from one to the other: a letter put in, left out, replaced or swapped with its neighbour (Damerau's distance, in its
/// "optimal string alignment" form). Case does not count.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut best =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// `an int`, `a string`, `null`, or the type itself in back quotes.
pub(super) fn a_type(ty: &Type) -> String {
    match ty {
        Type::Null => "null".into(),
        Type::Int => "an int".into(),
        Type::Json => "json".into(),
        Type::Bytes => "bytes".into(),
        Type::Bool | Type::Float | Type::Text | Type::Duration | Type::Time => format!("a {ty}"),
        _ => format!("`{}`", short(ty)),
    }
}

/// The type as text, cut where it is too long for a message.
pub(super) fn short(ty: &Type) -> String {
    const LONGEST: usize = 72;
    let text = ty.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST - 1).collect();
    format!("{cut}…")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
