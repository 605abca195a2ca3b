//! Did you mean …?

/// The name that `word` was most likely meant to be, if one is near enough: a third of its characters may be wrong.
pub(crate) fn did_you_mean<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
    let near = names.iter().map(|name| (distance(word, name), *name));
    let (wrong, name) = near.min_by_key(|(wrong, _)| *wrong)?;
    (wrong <= word.chars().count().max(3) / 3).then_some(name)
}

/// How many characters have to be changed, added, taken away or swapped with their neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (i, a) in one.chars().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, b) in other.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&last, j) + usize::from(a != *b);
            let mut best = changed.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = j > 0 && previous == Some(*b) && other.get(j - 1) == Some(&a);
            if swapped && !before.is_empty() {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(a);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_through_and_strangers_are_not() {
        let names = ["order_cancelled", "parcel_picked_up", "o7"];
        assert_eq!(did_you_mean("order_canceled", &names), Some("order_cancelled"));
        assert_eq!(did_you_mean("odrer_cancelled", &names), Some("order_cancelled"));
        assert_eq!(did_you_mean("o8", &names), Some("o7"));
        assert_eq!(did_you_mean("refund", &names), None);
        assert_eq!(did_you_mean("x", &[]), None);
    }

    #[test]
    fn neighbours_that_changed_places_are_one_slip() {
        assert_eq!(distance("abcd", "abdc"), 1);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
