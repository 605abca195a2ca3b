//! Commands, and what they are made of.

use cairn_replay::{
    Backoff, Cached, Command, Instant, Json, Options, Request, Retry, Span, Subscription, Unclear,
};

use super::{
    Flaw,
    bytes::{Reader, Writer},
};

/// The last commands that the versions in front of the newest have.
const LAST: [u8; 2] = [5, 14];

pub(super) fn write(to: &mut Writer, command: &Command) {
    match command {
        Command::Call { request, options } => step(to, [0, 15], request, options),
        Command::Undo { request, options } => step(to, [1, 16], request, options),
        Command::Body { options } => {
            to.byte(17);
            write_options(to, options);
        }
        Command::Unwind { depth } => numbered(to, 2, u64::from(*depth)),
        Command::Until { due } => numbered(to, 3, due.0),
        Command::Span { span } => numbered(to, 4, span.0),
        Command::Receive { subscriptions } => {
            to.byte(5);
            to.list(subscriptions, write_subscription);
        }
        Command::Block { number, captured } => block(to, 6, *number, captured),
        Command::UndoBlock { number, captured } => block(to, 7, *number, captured),
        Command::Child { workflow, input } => text_and_json(to, 8, workflow, input),
        Command::Spawn { workflow, input } => text_and_json(to, 9, workflow, input),
        Command::Lock { name, places } => {
            to.byte(10);
            to.text(name);
            to.number(u64::from(*places));
        }
        Command::Unlock => to.byte(11),
        Command::Ask { whom, task } => text_and_json(to, 12, whom, task),
        Command::Emit { event, data, to: whom } => {
            text_and_json(to, 13, event, data);
            to.option(whom.as_deref(), Writer::text);
        }
        Command::Calendar { question, of, zone, arguments } => {
            to.byte(14);
            to.text(question);
            to.number(of.0);
            to.text(zone);
            to.json(arguments);
        }
    }
}

pub(super) fn read(from: &mut Reader<'_>) -> Result<Command, Flaw> {
    Ok(match from.choice("command", &LAST)? {
        0 => Command::Call { request: read_request(from)?, options: read_options(from)? },
        1 => Command::Undo { request: read_request(from)?, options: read_options(from)? },
        2 => Command::Unwind { depth: from.small()? },
        3 => Command::Until { due: Instant(from.number()?) },
        4 => Command::Span { span: Span(from.number()?) },
        5 => Command::Receive { subscriptions: from.list(read_subscription)? },
        6 => Command::Block { number: from.small()?, captured: from.json()? },
        7 => Command::UndoBlock { number: from.small()?, captured: from.json()? },
        8 => Command::Child { workflow: from.text()?, input: from.json()? },
        9 => Command::Spawn { workflow: from.text()?, input: from.json()? },
        10 => Command::Lock { name: from.text()?, places: from.small()? },
        11 => Command::Unlock,
        12 => Command::Ask { whom: from.text()?, task: from.json()? },
        13 => Command::Emit { event: from.text()?, data: from.json()?, to: from.option(Reader::text)? },
        14 => Command::Calendar {
            question: from.text()?,
            of: Instant(from.number()?),
            zone: from.text()?,
            arguments: from.json()?,
        },
        15 => Command::Call { request: read_request(from)?, options: read_careful(from)? },
        16 => Command::Undo { request: read_request(from)?, options: read_careful(from)? },
        17 => Command::Body { options: read_options(from)? },
        other => return Err(Flaw::Choice("command", other)),
    })
}

fn block(to: &mut Writer, which: u8, number: u32, captured: &Json) {
    numbered(to, which, u64::from(number));
    to.json(captured);
}

fn text_and_json(to: &mut Writer, which: u8, text: &str, json: &Json) {
    to.byte(which);
    to.text(text);
    to.json(json);
}

/// `which` are the commands without a policy for what is unclear, and with one.
fn step(to: &mut Writer, which: [u8; 2], request: &Request, options: &Options) {
    let [plain, careful] = which;
    let policy = match options.unclear {
        Unclear::Retry => None,
        Unclear::Fail => Some(1),
        Unclear::Ask => Some(2),
    };
    to.byte(if policy.is_some() { careful } else { plain });
    to.text(&request.tool);
    to.json(&request.arguments);
    to.list(&request.secrets, |to, place| to.text(place));
    write_options(to, options);
    if let Some(policy) = policy {
        to.byte(policy);
    }
}

/// All but the policy of unclear outcomes.
fn write_options(to: &mut Writer, options: &Options) {
    to.option(options.timeout, |to, span| to.number(span.0));
    to.option(options.deadline, |to, due| to.number(due.0));
    to.option(options.retry.as_ref(), write_retry);
    to.option(options.cache.as_ref(), |to, cached| {
        to.text(&cached.key);
        to.number(cached.age.0);
    });
}

fn numbered(to: &mut Writer, which: u8, number: u64) {
    to.byte(which);
    to.number(number);
}

fn read_request(from: &mut Reader<'_>) -> Result<Request, Flaw> {
    Ok(Request {
        tool: from.text()?,
        arguments: from.json()?,
        secrets: from.since(2, |from| from.list(Reader::text))?,
    })
}

fn read_options(from: &mut Reader<'_>) -> Result<Options, Flaw> {
    Ok(Options {
        timeout: from.option(|from| from.number().map(Span))?,
        deadline: from.option(|from| from.number().map(Instant))?,
        retry: from.option(read_retry)?,
        cache: from.since(2, |from| from.option(read_cached))?,
        unclear: Unclear::default(),
    })
}

fn read_careful(from: &mut Reader<'_>) -> Result<Options, Flaw> {
    let options = read_options(from)?;
    let unclear = match from.byte()? {
        1 => Unclear::Fail,
        2 => Unclear::Ask,
        other => return Err(Flaw::Choice("policy of an unclear step", other)),
    };
    Ok(Options { unclear, ..options })
}

fn read_cached(from: &mut Reader<'_>) -> Result<Cached, Flaw> {
    Ok(Cached { key: from.text()?, age: Span(from.number()?) })
}

fn write_retry(to: &mut Writer, retry: &Retry) {
    to.number(u64::from(retry.attempts));
    to.number(retry.delay.0);
    to.byte(match retry.backoff {
        Backoff::Constant => 0,
        Backoff::Linear => 1,
        Backoff::Exponential => 2,
    });
    to.word(retry.factor.to_bits());
    to.number(retry.longest_delay.0);
    to.word(retry.jitter.to_bits());
    to.list(&retry.on, |to, kind| to.text(kind));
}

fn read_retry(from: &mut Reader<'_>) -> Result<Retry, Flaw> {
    Ok(Retry {
        attempts: from.small()?,
        delay: Span(from.number()?),
        backoff: match from.byte()? {
            0 => Backoff::Constant,
            1 => Backoff::Linear,
            2 => Backoff::Exponential,
            other => return Err(Flaw::Choice("backoff", other)),
        },
        factor: f64::from_bits(from.word()?),
        longest_delay: Span(from.number()?),
        jitter: f64::from_bits(from.word()?),
        on: from.list(Reader::text)?,
    })
}

fn write_subscription(to: &mut Writer, subscription: &Subscription) {
    to.text(&subscription.event);
    to.list(&subscription.fields, |to, (field, value)| {
        to.text(field);
        to.json(value);
    });
    to.option(subscription.condition.as_ref(), Writer::json);
}

fn read_subscription(from: &mut Reader<'_>) -> Result<Subscription, Flaw> {
    Ok(Subscription {
        event: from.text()?,
        fields: from.list(|from| Ok((from.text()?, from.json()?)))?,
        condition: from.since(2, |from| from.option(Reader::json))?,
    })
}
