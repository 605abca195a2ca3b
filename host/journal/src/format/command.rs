//! Commands, and what they are made of.

use cairn_replay::{Backoff, Command, Instant, Json, Options, Request, Retry, Span, Subscription};

use super::{
    Flaw,
    bytes::{Reader, Writer},
};

pub(super) fn write(to: &mut Writer, command: &Command) {
    match command {
        Command::Call { request, options } => step(to, 0, request, options),
        Command::Undo { request, options } => step(to, 1, request, options),
        Command::Unwind { depth } => numbered(to, 2, u64::from(*depth)),
        Command::Until { due } => numbered(to, 3, due.0),
        Command::Span { span } => numbered(to, 4, span.0),
        Command::Receive { subscriptions } => {
            to.byte(5);
            to.list(subscriptions, write_subscription);
        }
    }
}

pub(super) fn read(from: &mut Reader<'_>) -> Result<Command, Flaw> {
    Ok(match from.byte()? {
        0 => Command::Call { request: read_request(from)?, options: read_options(from)? },
        1 => Command::Undo { request: read_request(from)?, options: read_options(from)? },
        2 => Command::Unwind { depth: from.small()? },
        3 => Command::Until { due: Instant(from.number()?) },
        4 => Command::Span { span: Span(from.number()?) },
        5 => Command::Receive { subscriptions: from.list(read_subscription)? },
        other => return Err(Flaw::Choice("command", other)),
    })
}

fn step(to: &mut Writer, which: u8, request: &Request, options: &Options) {
    to.byte(which);
    to.text(&request.tool);
    to.text(&request.arguments.0);
    to.option(options.timeout, |to, span| to.number(span.0));
    to.option(options.deadline, |to, due| to.number(due.0));
    to.option(options.retry.as_ref(), write_retry);
}

fn numbered(to: &mut Writer, which: u8, number: u64) {
    to.byte(which);
    to.number(number);
}

fn read_request(from: &mut Reader<'_>) -> Result<Request, Flaw> {
    Ok(Request { tool: from.text()?, arguments: Json(from.text()?) })
}

fn read_options(from: &mut Reader<'_>) -> Result<Options, Flaw> {
    Ok(Options {
        timeout: from.option(|from| from.number().map(Span))?,
        deadline: from.option(|from| from.number().map(Instant))?,
        retry: from.option(read_retry)?,
    })
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
        to.text(&value.0);
    });
}

fn read_subscription(from: &mut Reader<'_>) -> Result<Subscription, Flaw> {
    Ok(Subscription {
        event: from.text()?,
        fields: from.list(|from| Ok((from.text()?, Json(from.text()?))))?,
    })
}
