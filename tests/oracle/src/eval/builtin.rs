//! The standard library.

use cairn_compiler::Type;
use cairn_compiler::ir::{Builtin, Expr, Lambda};

use super::{
    expr::{Scope, Worth, item, machine, overflow},
    value::{Failure, Value, equal, moment, order},
};

impl Scope<'_> {
    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        arguments: &[Expr],
        lambda: Option<&Lambda>,
        ty: &Type,
    ) -> Worth {
        let values: Vec<Value> = arguments.iter().map(|expr| self.value(expr)).collect::<Result<_, _>>()?;
        if let Some(lambda) = lambda {
            return self.with_lambda(builtin, values[0].items(), lambda);
        }
        if let Some(worth) = texts(builtin, &values) {
            return Ok(worth);
        }
        if let Some(worth) = maps(builtin, &values) {
            return Ok(worth);
        }
        lists(builtin, &values, ty)
            .or_else(|| numbers(builtin, &values, ty))
            .unwrap_or_else(|| whole_values(builtin, &values))
    }

    fn with_lambda(&mut self, builtin: Builtin, items: Vec<Value>, lambda: &Lambda) -> Worth {
        let mut given = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let worth = self.apply(lambda, item.clone(), place)?;
            let decided = match builtin {
                Builtin::Any => worth.truth().then_some(Value::Bool(true)),
                Builtin::All => (!worth.truth()).then_some(Value::Bool(false)),
                Builtin::Find => worth.truth().then(|| item.clone()),
                _ => None,
            };
            if let Some(decided) = decided {
                return Ok(decided);
            }
            given.push(worth);
        }
        Ok(match builtin {
            Builtin::Any => Value::Bool(false),
            Builtin::All => Value::Bool(true),
            Builtin::Find => Value::Null,
            Builtin::Map => Value::List(given),
            Builtin::Filter => Value::List(
                items.into_iter().zip(given).filter(|(_, kept)| kept.truth()).map(|(item, _)| item).collect(),
            ),
            Builtin::SortBy => {
                let mut pairs: Vec<_> = given.into_iter().zip(items).collect();
                pairs.sort_by(|a, b| order(&a.0, &b.0));
                Value::List(pairs.into_iter().map(|(_, item)| item).collect())
            }
            Builtin::GroupBy => grouped(items, &given),
            other => panic!("a method with a lambda that the oracle does not know: {other:?}"),
        })
    }
}

fn grouped(items: Vec<Value>, names: &[Value]) -> Value {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for (item, name) in items.into_iter().zip(names) {
        let name = name.text();
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(item),
            None => groups.push((name, vec![item])),
        }
    }
    Value::Record(groups.into_iter().map(|(name, group)| (name, Value::List(group))).collect())
}

fn int(n: usize) -> Value {
    Value::Int(i64::try_from(n).expect("a count"))
}

fn list_of(texts: impl Iterator<Item = String>) -> Value {
    Value::List(texts.map(Value::Text).collect())
}

fn texts(builtin: Builtin, values: &[Value]) -> Option<Value> {
    let text = |at: usize| values[at].text();
    Some(match builtin {
        Builtin::TextLen => int(text(0).chars().count()),
        Builtin::Upper => Value::Text(text(0).to_uppercase()),
        Builtin::Lower => Value::Text(text(0).to_lowercase()),
        Builtin::Trim => Value::Text(text(0).trim().to_owned()),
        Builtin::Split if text(1).is_empty() => list_of(text(0).chars().map(String::from)),
        Builtin::Split => list_of(text(0).split(&text(1)).map(str::to_owned)),
        Builtin::Replace if text(1).is_empty() => values[0].clone(),
        Builtin::Replace => Value::Text(text(0).replace(&text(1), &text(2))),
        Builtin::StartsWith => Value::Bool(text(0).starts_with(&text(1))),
        Builtin::EndsWith => Value::Bool(text(0).ends_with(&text(1))),
        Builtin::TextContains => Value::Bool(text(0).contains(&text(1))),
        Builtin::TextSlice => {
            let letters: Vec<char> = text(0).chars().collect();
            let (from, to) = part(letters.len(), &values[1], &values[2]);
            Value::Text(letters[from..to].iter().collect())
        }
        Builtin::Lines => list_of(text(0).lines().map(str::to_owned)),
        Builtin::TextToInt if text(0).starts_with('+') => Value::Null,
        Builtin::TextToInt => text(0).parse().map_or(Value::Null, Value::Int),
        Builtin::TextToFloat => match serde_json::from_str::<serde_json::Number>(&text(0)) {
            Ok(number)
                if !text(0).starts_with(char::is_whitespace) && !text(0).ends_with(char::is_whitespace) =>
            {
                number.as_f64().map_or(Value::Null, Value::Float)
            }
            _ => Value::Null,
        },
        Builtin::Glob => {
            let (text, pattern) = (text(0).chars().collect::<Vec<_>>(), text(1).chars().collect::<Vec<_>>());
            Value::Bool(glob(&text, &pattern))
        }
        _ => return None,
    })
}

fn glob(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', rest @ ..] => (0..=text.len()).any(|at| glob(&text[at..], rest)),
        ['*', rest @ ..] => {
            let most = text.iter().position(|c| *c == '/').unwrap_or(text.len());
            (0..=most).any(|at| glob(&text[at..], rest))
        }
        ['?', rest @ ..] => text.first().is_some_and(|c| *c != '/') && glob(&text[1..], rest),
        [letter, rest @ ..] => text.first() == Some(letter) && glob(&text[1..], rest),
    }
}

/// A half open part, clipped; negative places count from the end.
fn part(len: usize, from: &Value, to: &Value) -> (usize, usize) {
    let count = i64::try_from(len).expect("a length");
    let place = |at: &Value| {
        let at = at.number();
        let at = if at < 0 { at.saturating_add(count).max(0) } else { at.min(count) };
        usize::try_from(at).expect("a place")
    };
    let (from, to) = (place(from), place(to));
    (from, to.max(from))
}

fn maps(builtin: Builtin, values: &[Value]) -> Option<Value> {
    let fields = || match &values[0] {
        Value::Record(fields) => fields.clone(),
        _ => Vec::new(),
    };
    Some(match builtin {
        Builtin::Keys => list_of(fields().into_iter().map(|(name, _)| name)),
        Builtin::Values => Value::List(fields().into_iter().map(|(_, value)| value).collect()),
        Builtin::Get => values[0].field(&values[1].text()),
        Builtin::Has => Value::Bool(fields().iter().any(|(name, _)| *name == values[1].text())),
        Builtin::MapLen => int(fields().len()),
        Builtin::Entries => {
            let entry = |(name, value)| {
                Value::Record(vec![("key".into(), Value::Text(name)), ("value".into(), value)])
            };
            Value::List(fields().into_iter().map(entry).collect())
        }
        _ => return None,
    })
}

fn lists(builtin: Builtin, values: &[Value], ty: &Type) -> Option<Worth> {
    let items = || values[0].items();
    Some(Ok(match builtin {
        Builtin::ListLen => int(items().len()),
        Builtin::First => item(&items(), 0),
        Builtin::Last => item(&items(), -1),
        Builtin::SumInt => {
            let sum = items().iter().try_fold(0_i64, |sum, n| sum.checked_add(n.number()));
            return Some(sum.map(|sum| machine(ty, sum)).ok_or_else(overflow));
        }
        Builtin::SumFloat => {
            let sum: f64 = items().iter().fold(0.0, |sum, x| sum + x.float());
            if !sum.is_finite() {
                return Some(Err(Failure::new("arithmetic", "the sum of the list is not finite")));
            }
            Value::Float(sum)
        }
        Builtin::MinOf => items()
            .into_iter()
            .reduce(|a, b| if order(&b, &a).is_lt() { b } else { a })
            .unwrap_or(Value::Null),
        Builtin::MaxOf => items()
            .into_iter()
            .reduce(|a, b| if order(&b, &a).is_gt() { b } else { a })
            .unwrap_or(Value::Null),
        Builtin::Unique => Value::List(unique(items()).0),
        Builtin::FirstDuplicate => unique(items()).1.unwrap_or(Value::Null),
        Builtin::Flat => Value::List(items().into_iter().flat_map(|of| of.items()).collect()),
        Builtin::Zip => {
            let pair = |(a, b)| Value::Record(vec![("first".into(), a), ("second".into(), b)]);
            Value::List(items().into_iter().zip(values[1].items()).map(pair).collect())
        }
        Builtin::Chunks => match usize::try_from(values[1].number()) {
            Ok(size) if size > 0 => {
                Value::List(items().chunks(size).map(|chunk| Value::List(chunk.to_vec())).collect())
            }
            _ => return Some(Err(Failure::new("arithmetic", "the size of a chunk is at least 1"))),
        },
        Builtin::Join => {
            let texts: Vec<String> = items().iter().map(Value::text).collect();
            Value::Text(texts.join(&values[1].text()))
        }
        Builtin::ListSlice => {
            let items = items();
            let (from, to) = part(items.len(), &values[1], &values[2]);
            Value::List(items[from..to].to_vec())
        }
        Builtin::ListContains => Value::Bool(items().iter().any(|item| equal(item, &values[1]))),
        Builtin::IndexOf => items().iter().position(|item| equal(item, &values[1])).map_or(Value::Null, int),
        Builtin::Reverse => Value::List(items().into_iter().rev().collect()),
        Builtin::Range => return Some(range(values[0].number(), values[1].number())),
        _ => return None,
    }))
}

fn unique(items: Vec<Value>) -> (Vec<Value>, Option<Value>) {
    let (mut kept, mut double) = (Vec::new(), None);
    for item in items {
        if kept.iter().any(|known| equal(known, &item)) {
            double.get_or_insert(item);
        } else {
            kept.push(item);
        }
    }
    (kept, double)
}

fn range(from: i64, to: i64) -> Worth {
    if to > from && to.checked_sub(from).is_none_or(|len| len > 1_000_000) {
        return Err(Failure::new("limit", "a range has at most 1,000,000 items"));
    }
    Ok(Value::List((from..to).map(Value::Int).collect()))
}

fn numbers(builtin: Builtin, values: &[Value], ty: &Type) -> Option<Worth> {
    let to_int = |x: f64| {
        let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x);
        if fits { Ok(Value::Int(x as i64)) } else { Err(overflow()) }
    };
    let smaller = |a: &Value, b: &Value| order(a, b).is_lt();
    Some(match builtin {
        Builtin::Abs => match &values[0] {
            Value::Float(x) => Ok(Value::Float(x.abs())),
            n => n.number().checked_abs().map(|n| machine(ty, n)).ok_or_else(overflow),
        },
        Builtin::MinNumber => Ok(values[usize::from(!smaller(&values[0], &values[1]))].clone()),
        Builtin::MaxNumber => Ok(values[usize::from(!smaller(&values[1], &values[0]))].clone()),
        Builtin::Round => to_int(values[0].float().round()),
        Builtin::Floor => to_int(values[0].float().floor()),
        Builtin::Ceil => to_int(values[0].float().ceil()),
        Builtin::IntToFloat => Ok(Value::Float(values[0].number() as f64)),
        Builtin::Seconds => Ok(Value::Int(values[0].number() / 1000)),
        Builtin::Milliseconds => Ok(Value::Int(values[0].number())),
        Builtin::DurationOf => Ok(Value::Duration(values[0].number())),
        Builtin::UnixSeconds => Ok(Value::Int(values[0].number().div_euclid(1000))),
        Builtin::Backoff => {
            let [first, factor, longest, round] = values else { panic!("backoff takes four") };
            Ok(Value::Duration(backoff(first.number(), factor.float(), longest.number(), round.number())))
        }
        Builtin::RandomBetween => between(values),
        _ => return None,
    })
}

/// `first * factor^round`, at least 0 and at most `longest`.
pub(super) fn backoff(first: i64, factor: f64, longest: i64, round: i64) -> i64 {
    let delay = (0..round.clamp(0, 5_000)).fold(first as f64, |delay, _| delay * factor);
    let longest = longest.max(0);
    if delay.is_nan() || delay >= longest as f64 { longest } else { (delay.floor() as i64).max(0) }
}

fn between(values: &[Value]) -> Worth {
    let (bits, low, high) = (values[0].number(), values[1].number(), values[2].number());
    if low >= high {
        return Err(Failure::new("arithmetic", "no number is in an empty range"));
    }
    let span = u128::from(high.wrapping_sub(low).cast_unsigned());
    let part = (u128::from(bits.cast_unsigned()) * span) >> 64;
    Ok(Value::Int(low.wrapping_add(i64::try_from(part).unwrap_or(i64::MAX))))
}

fn whole_values(builtin: Builtin, values: &[Value]) -> Worth {
    Ok(match builtin {
        Builtin::ToText => Value::Text(values[0].shown()),
        Builtin::TimeToText => Value::Text(moment(values[0].number())),
        Builtin::Hash => Value::Text(values[0].hash()),
        Builtin::ToJson => Value::Text(values[0].json_text()),
        Builtin::ParseJson => match serde_json::from_str(&values[0].text()) {
            Ok(json) => Value::from_json(&json),
            Err(error) => return Err(Failure::new("bad_data", error.to_string())),
        },
        other => panic!("a function that the oracle does not know: {other:?}"),
    })
}
