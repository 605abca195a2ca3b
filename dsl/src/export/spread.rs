//! Blanks where the grammar lets them be and where two words would run together.

use std::collections::BTreeMap;

use super::form::{Form, Letters, is_word};
use super::read::line;

/// Blanks and comments, or nothing.
const GAP: &str = "gap";
/// Blanks and comments, at least one.
const SPACE: &str = "space";

/// What is known of a form without looking at a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    /// It may be nothing.
    empty: bool,
    /// It may begin with a letter of a word.
    first: bool,
    /// It may end with one.
    last: bool,
}

/// Makes the blanks of all rules explicit. Words and signs are put where their rules are named.
pub(super) fn spread(rules: Vec<(String, Form)>) -> Vec<(String, Form)> {
    let spreader = Spreader { looks: looks(&rules), signs: signs(&rules), choices: choices(&rules) };
    let mut spread: Vec<(String, Form)> = Vec::with_capacity(rules.len() + 2);
    for (name, form) in rules {
        if name == "root" {
            let root = Form::seq(vec![Form::rule(GAP), spreader.form(form), Form::rule(GAP)]);
            spread.insert(0, (name, root));
        } else if !spreader.signs.contains_key(&name) {
            spread.push((name, spreader.form(form)));
        }
    }
    let comment =
        vec![Form::text("//"), Form::seq(vec![Form::none_of(['/', '\n']), line()]).maybe(), Form::text("\n")];
    let blank = Form::Either(vec![
        Form::one_of(&[(' ', ' '), ('\t', '\t'), ('\r', '\r'), ('\n', '\n')]),
        Form::seq(comment),
    ]);
    spread.push(("blank".to_owned(), blank));
    spread.push((GAP.to_owned(), Form::rule("blank").many()));
    spread
        .push((SPACE.to_owned(), Form::Many { of: Box::new(Form::rule("blank")), least: 1, spaced: false }));
    spread
}

/// The rules that are a text and nothing else.
fn signs(rules: &[(String, Form)]) -> BTreeMap<String, Form> {
    let plain = |form: &Form| matches!(form, Form::Text(_));
    let sign = |name: &str| name.starts_with("K_") || name.starts_with("P_");
    rules.iter().filter(|(name, form)| sign(name) && plain(form)).cloned().collect()
}

/// The rules that choose among texts: some of these may be words and others signs.
fn choices(rules: &[(String, Form)]) -> BTreeMap<String, Vec<Form>> {
    let sign = |form: &Form| match form {
        Form::Text(_) => true,
        Form::Rule(name) => name.starts_with("K_"),
        _ => false,
    };
    let ways = |(name, form): &(String, Form)| match form {
        Form::Either(ways) if ways.iter().all(sign) => Some((name.clone(), ways.clone())),
        _ => None,
    };
    rules.iter().filter_map(ways).collect()
}

/// Looks of all rules: from nothing known to nothing new.
fn looks(rules: &[(String, Form)]) -> BTreeMap<String, Look> {
    let mut known: BTreeMap<String, Look> = BTreeMap::new();
    loop {
        let next = rules.iter().map(|(name, form)| (name.clone(), look(form, &known))).collect();
        if next == known {
            return known;
        }
        known = next;
    }
}

fn look(form: &Form, known: &BTreeMap<String, Look>) -> Look {
    match form {
        Form::Text(text) => {
            Look { empty: text.is_empty(), first: text.starts_with(is_word), last: text.ends_with(is_word) }
        }
        Form::OneOf(letters) => {
            let word = may_be_word(letters);
            Look { empty: false, first: word, last: word }
        }
        Form::Rule(name) => known.get(name).copied().unwrap_or_default(),
        Form::Seq { parts, .. } => parts
            .iter()
            .map(|part| look(part, known))
            .reduce(then)
            .unwrap_or(Look { empty: true, ..Look::default() }),
        Form::Either(ways) => ways.iter().map(|way| look(way, known)).fold(Look::default(), |all, way| {
            Look { empty: all.empty || way.empty, first: all.first || way.first, last: all.last || way.last }
        }),
        Form::Maybe(of) => Look { empty: true, ..look(of, known) },
        Form::Many { of, least, .. } => {
            let one = look(of, known);
            Look { empty: one.empty || *least == 0, ..one }
        }
    }
}

fn then(one: Look, next: Look) -> Look {
    Look {
        empty: one.empty && next.empty,
        first: one.first || (one.empty && next.first),
        last: next.last || (next.empty && one.last),
    }
}

fn may_be_word(letters: &Letters) -> bool {
    letters.but || letters.ranges.iter().any(|(from, to)| (*from..=*to).any(is_word))
}

struct Spreader {
    looks: BTreeMap<String, Look>,
    signs: BTreeMap<String, Form>,
    choices: BTreeMap<String, Vec<Form>>,
}

impl Spreader {
    fn look(&self, form: &Form) -> Look {
        look(form, &self.looks)
    }

    fn form(&self, form: Form) -> Form {
        match form {
            Form::Rule(name) => self.signs.get(&name).cloned().unwrap_or(Form::Rule(name)),
            Form::Seq { parts, spaced: true } => self.sequence(parts),
            Form::Seq { parts, spaced: false } => {
                Form::seq(parts.into_iter().map(|part| self.form(part)).collect())
            }
            Form::Either(ways) => Form::Either(ways.into_iter().map(|way| self.form(way)).collect()),
            Form::Maybe(of) => self.form(*of).maybe(),
            Form::Many { of, least, spaced: true } => {
                let all = self.repeated(&of);
                if least == 0 { all.maybe() } else { all }
            }
            Form::Many { of, least, spaced: false } => {
                Form::Many { of: Box::new(self.form(*of)), least, spaced: false }
            }
            other => other,
        }
    }

    /// Once or more, with gaps.
    fn repeated(&self, of: &Form) -> Form {
        let more = self.behind(self.look(of).last, of.clone()).many();
        Form::seq(vec![self.form(of.clone()), more])
    }

    /// Parts with gaps. What may be missing takes its gap along: the one before it or, at the beginning, the one behind.
    fn sequence(&self, parts: Vec<Form>) -> Form {
        let looks: Vec<Look> = parts.iter().map(|part| self.look(part)).collect();
        let start = looks.iter().position(|look| !look.empty).unwrap_or(0);
        let mut spread = Vec::new();
        let mut before = Look::default();
        for (number, (part, look)) in parts.into_iter().zip(&looks).enumerate() {
            if number < start {
                let rest = looks.iter().skip(number + 1).take(start - number).any(|look| look.first);
                spread.push(self.leading(part, *look, rest));
            } else if number == start {
                spread.push(self.form(part));
            } else {
                spread.push(self.following(part, before.last));
            }
            before = if number <= start { *look } else { then(before, *look) };
        }
        Form::seq(spread)
    }

    /// A gap and `part`, behind what may end with a word (`word`): each way of a choice gets the gap that it needs.
    fn behind(&self, word: bool, part: Form) -> Form {
        match part {
            Form::Either(ways) => Form::Either(ways.into_iter().map(|way| self.behind(word, way)).collect()),
            Form::Rule(name) if self.choices.contains_key(&name) => {
                let ways = self.choices.get(&name).cloned().unwrap_or_default();
                self.behind(word, Form::Either(ways))
            }
            Form::Seq { mut parts, spaced: true }
                if parts.first().is_some_and(|first| !self.look(first).empty) =>
            {
                let first = parts.remove(0);
                let last = self.look(&first).last;
                let mut spread = vec![self.behind(word, first)];
                let mut before = last;
                for part in parts {
                    let look = self.look(&part);
                    spread.push(self.following(part, before));
                    before = look.last || (look.empty && before);
                }
                Form::seq(spread)
            }
            other => {
                let gap = gap(word && self.look(&other).first);
                Form::seq(vec![gap, self.form(other)])
            }
        }
    }

    /// `word`: what follows may begin with one.
    fn leading(&self, part: Form, look: Look, word: bool) -> Form {
        let behind = gap(look.last && (word || look.first));
        match part {
            Form::Maybe(of) => Form::seq(vec![self.form(*of), behind]).maybe(),
            Form::Many { of, .. } => Form::seq(vec![self.form(*of), behind]).many(),
            other => Form::seq(vec![self.form(other), behind]).maybe(),
        }
    }

    /// `word`: what stands before it may end with one.
    fn following(&self, part: Form, word: bool) -> Form {
        match part {
            Form::Maybe(of) => self.behind(word, *of).maybe(),
            Form::Many { of, least, .. } => {
                let more = self.behind(self.look(&of).last, (*of).clone()).many();
                let all = Form::seq(vec![self.behind(word, *of), more]);
                if least == 0 { all.maybe() } else { all }
            }
            other => self.behind(word, other),
        }
    }
}

fn gap(word: bool) -> Form {
    Form::rule(if word { SPACE } else { GAP })
}
