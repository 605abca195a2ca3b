//! A small reader of GBNF, and Earley's recogniser (1970) for it: what is printed is what is tried.

use std::collections::{HashMap, HashSet};

/// A symbol of an alternative.
#[derive(Clone, Debug)]
enum Symbol {
    Rule(usize),
    /// Ranges, and whether it is all but these.
    Letter(Vec<(char, char)>, bool),
}

/// A grammar, its groups and repetitions made rules of their own.
#[derive(Debug, Default)]
pub(super) struct Recogniser {
    names: HashMap<String, usize>,
    rules: Vec<Vec<Vec<Symbol>>>,
    empty: Vec<bool>,
}

/// Rule, alternative, how many symbols are done, and where it began.
type Item = (usize, usize, usize, usize);

impl Recogniser {
    pub(super) fn new(gbnf: &str) -> Self {
        let mut grammar = Self::default();
        grammar.rule("root");
        for line in gbnf.lines().filter(|line| !line.starts_with('#')) {
            let (name, body) = line.split_once(" ::= ").unwrap();
            let rule = grammar.rule(name);
            let mut rest = body.chars().collect::<Vec<_>>().into_iter().peekable();
            grammar.rules[rule] = grammar.alternatives(&mut rest);
            assert!(rest.next().is_none(), "{line}");
        }
        let undefined = grammar.names.iter().find(|(_, rule)| grammar.rules[**rule].is_empty());
        assert_eq!(undefined, None);
        grammar.find_empty();
        grammar
    }

    fn rule(&mut self, name: &str) -> usize {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        self.rules.push(Vec::new());
        self.names.insert(name.to_owned(), self.rules.len() - 1);
        self.rules.len() - 1
    }

    fn alternatives(&mut self, rest: &mut Letters) -> Vec<Vec<Symbol>> {
        let mut all = vec![Vec::new()];
        while let Some(letter) = rest.next_if(|letter| *letter != ')') {
            let before = all.last().unwrap().len();
            match letter {
                ' ' => continue,
                '|' => {
                    all.push(Vec::new());
                    continue;
                }
                '"' => {
                    let letters =
                        text(rest).into_iter().map(|letter| Symbol::Letter(vec![(letter, letter)], false));
                    all.last_mut().unwrap().extend(letters);
                }
                '[' => all.last_mut().unwrap().push(class(rest)),
                '(' => {
                    let inner = self.alternatives(rest);
                    assert_eq!(rest.next(), Some(')'));
                    let rule = self.fresh(inner);
                    all.last_mut().unwrap().push(Symbol::Rule(rule));
                }
                first => {
                    let mut name = first.to_string();
                    while let Some(more) = rest.next_if(|more| more.is_ascii_alphanumeric() || *more == '-') {
                        name.push(more);
                    }
                    let rule = self.rule(&name);
                    all.last_mut().unwrap().push(Symbol::Rule(rule));
                }
            }
            if let Some(times) = rest.next_if(|times| "?*+".contains(*times)) {
                let of = all.last_mut().unwrap().split_off(before);
                let rule = self.repeated(of, times);
                all.last_mut().unwrap().push(Symbol::Rule(rule));
            }
        }
        all
    }

    /// To the left: completing it costs the same at every place.
    fn repeated(&mut self, of: Vec<Symbol>, times: char) -> usize {
        let rule = self.fresh(Vec::new());
        let least = if times == '+' { of.clone() } else { Vec::new() };
        let more = if times == '?' { of } else { [vec![Symbol::Rule(rule)], of].concat() };
        self.rules[rule] = vec![least, more];
        rule
    }

    fn fresh(&mut self, alternatives: Vec<Vec<Symbol>>) -> usize {
        self.rules.push(alternatives);
        self.rules.len() - 1
    }

    fn find_empty(&mut self) {
        self.empty = vec![false; self.rules.len()];
        loop {
            let nothing = |symbol: &Symbol| matches!(symbol, Symbol::Rule(rule) if self.empty[*rule]);
            let next: Vec<bool> =
                self.rules.iter().map(|ways| ways.iter().any(|way| way.iter().all(nothing))).collect();
            if next == self.empty {
                return;
            }
            self.empty = next;
        }
    }

    /// Whether all of `text` is a `root`.
    pub(super) fn takes(&self, text: &str) -> bool {
        self.reach(text).is_none()
    }

    /// What comes behind all that can begin a `root`; `None` where all of it is one.
    pub(super) fn reach(&self, text: &str) -> Option<String> {
        let mut waiting: Vec<HashMap<usize, Vec<Item>>> = Vec::new();
        let mut items: Vec<Item> = (0..self.rules[0].len()).map(|way| (0, way, 0, 0)).collect();
        let letters = text.chars().map(Some).chain([None]);
        for (place, letter) in letters.enumerate() {
            waiting.push(HashMap::new());
            let mut seen = HashSet::new();
            let mut next = Vec::new();
            while let Some(item) = items.pop() {
                if seen.insert(item) {
                    self.step(item, (place, letter), &mut waiting, (&mut items, &mut next));
                }
            }
            if letter.is_none() {
                let whole = |(way, all): (usize, &Vec<Symbol>)| seen.contains(&(0, way, all.len(), 0));
                return if self.rules[0].iter().enumerate().any(whole) {
                    None
                } else {
                    Some("the end".to_owned())
                };
            }
            if next.is_empty() {
                return Some(text.chars().skip(place).collect());
            }
            items = next;
        }
        None
    }

    fn step(
        &self,
        (rule, way, done, start): Item,
        (place, letter): (usize, Option<char>),
        waiting: &mut [HashMap<usize, Vec<Item>>],
        (items, next): (&mut Vec<Item>, &mut Vec<Item>),
    ) {
        match self.rules[rule][way].get(done) {
            Some(Symbol::Letter(ranges, but)) => {
                let fits =
                    |letter: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&letter)) != *but;
                if letter.is_some_and(fits) {
                    next.push((rule, way, done + 1, start));
                }
            }
            Some(Symbol::Rule(wanted)) => {
                waiting[place].entry(*wanted).or_default().push((rule, way, done + 1, start));
                items.extend((0..self.rules[*wanted].len()).map(|way| (*wanted, way, 0, place)));
                if self.empty[*wanted] {
                    items.push((rule, way, done + 1, start));
                }
            }
            None => items.extend(waiting[start].get(&rule).into_iter().flatten()),
        }
    }
}

type Letters = std::iter::Peekable<std::vec::IntoIter<char>>;

fn text(rest: &mut Letters) -> Vec<char> {
    let mut letters = Vec::new();
    loop {
        match rest.next().unwrap() {
            '"' => return letters,
            '\\' => letters.push(escape(rest)),
            letter => letters.push(letter),
        }
    }
}

fn escape(rest: &mut Letters) -> char {
    match rest.next().unwrap() {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'x' => {
            let digits: String = rest.by_ref().take(2).collect();
            char::from(u8::from_str_radix(&digits, 16).unwrap())
        }
        known @ ('\\' | '"' | '[' | ']') => known,
        other => panic!("no such escape in GBNF: {other}"),
    }
}

fn class(rest: &mut Letters) -> Symbol {
    let but = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let from = match rest.next().unwrap() {
            ']' => return Symbol::Letter(ranges, but),
            '\\' => escape(rest),
            letter => letter,
        };
        let to = match rest.next_if_eq(&'-').and_then(|_| rest.next()) {
            Some('\\') => escape(rest),
            Some(letter) => letter,
            None => from,
        };
        ranges.push((from, to));
    }
}
