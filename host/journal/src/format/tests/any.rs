//! Any entry at all. Each part is boxed: strategies within strategies would not fit on the stack of a test.

use cairn_replay::{
    Act, Backoff, Began, Cached, Command, Entry, Failure, Instant, Json, Key, Level, Note, Options, Outcome,
    Request, Retry, Span, Subscription, Unclear,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
};

fn text() -> BoxedStrategy<String> {
    prop_oneof![Just(String::new()), "[a-z/#\\[\\]{}\":0-9ä€😀\0]{0,12}", "x{120,140}"].boxed()
}

fn json() -> BoxedStrategy<Json> {
    text().prop_map(|text| Json(text.into())).boxed()
}

/// Numbers around the lengths of their form.
fn number() -> BoxedStrategy<u64> {
    prop_oneof![
        any::<u64>(),
        (0_u32..64, 0_u64..3).prop_map(|(bits, off)| (1 << bits) - 1 + off.min(1)),
        Just(u64::MAX)
    ]
    .boxed()
}

fn instant() -> BoxedStrategy<Instant> {
    number().prop_map(Instant).boxed()
}

fn span() -> BoxedStrategy<Span> {
    number().prop_map(Span).boxed()
}

fn failure() -> BoxedStrategy<Failure> {
    (text(), text(), json()).prop_map(|(kind, message, detail)| Failure { kind, message, detail }).boxed()
}

fn outcome() -> BoxedStrategy<Outcome> {
    prop_oneof![json().prop_map(Ok), failure().prop_map(Err)].boxed()
}

fn retry() -> BoxedStrategy<Retry> {
    let backoff = prop::sample::select(vec![Backoff::Constant, Backoff::Linear, Backoff::Exponential]);
    (any::<u32>(), span(), backoff, any::<u64>(), span(), any::<u64>(), vec(text(), 0..3))
        .prop_map(|(attempts, delay, backoff, factor, longest_delay, jitter, on)| Retry {
            attempts,
            delay,
            backoff,
            factor: f64::from_bits(factor),
            longest_delay,
            jitter: f64::from_bits(jitter),
            on,
        })
        .boxed()
}

fn step() -> BoxedStrategy<(Request, Options)> {
    let request = (text(), json(), vec(text(), 0..2)).prop_map(|(tool, arguments, secrets)| Request {
        tool,
        arguments,
        secrets,
    });
    let cached = (text(), span()).prop_map(|(key, age)| Cached { key, age });
    let unclear = prop_oneof![Just(Unclear::Retry), Just(Unclear::Fail), Just(Unclear::Ask)];
    let options =
        (option::of(span()), option::of(instant()), option::of(retry()), option::of(cached), unclear)
            .prop_map(|(timeout, deadline, retry, cache, unclear)| Options {
                timeout,
                deadline,
                retry,
                cache,
                unclear,
            });
    (request, options).boxed()
}

fn command() -> BoxedStrategy<Command> {
    let subscription = (text(), vec((text(), json()), 0..3), option::of(json()))
        .prop_map(|(event, fields, condition)| Subscription { event, fields, condition });
    prop_oneof![
        of_two(),
        step().prop_map(|(request, options)| Command::Call { request, options }),
        step().prop_map(|(_, options)| Command::Body {
            options: Options { unclear: Unclear::Retry, ..options }
        }),
        step().prop_map(|(request, options)| Command::Undo { request, options }),
        any::<u32>().prop_map(|depth| Command::Unwind { depth }),
        instant().prop_map(|due| Command::Until { due }),
        span().prop_map(|span| Command::Span { span }),
        vec(subscription, 0..3).prop_map(|subscriptions| Command::Receive { subscriptions }),
    ]
    .boxed()
}

/// Those that came with version 2.
fn of_two() -> BoxedStrategy<Command> {
    prop_oneof![
        (any::<u32>(), json()).prop_map(|(number, captured)| Command::Block { number, captured }),
        (any::<u32>(), json()).prop_map(|(number, captured)| Command::UndoBlock { number, captured }),
        (text(), json()).prop_map(|(workflow, input)| Command::Child { workflow, input }),
        (text(), json()).prop_map(|(workflow, input)| Command::Spawn { workflow, input }),
        (text(), any::<u32>()).prop_map(|(name, places)| Command::Lock { name, places }),
        Just(Command::Unlock),
        (text(), json()).prop_map(|(whom, task)| Command::Ask { whom, task }),
        (text(), json(), option::of(text())).prop_map(|(event, data, to)| Command::Emit { event, data, to }),
        (text(), instant(), text(), json()).prop_map(|(question, of, zone, arguments)| Command::Calendar {
            question,
            of,
            zone,
            arguments
        }),
    ]
    .boxed()
}

fn began() -> BoxedStrategy<Began> {
    let peers = btree_map(text(), text(), 0..3);
    let parent = option::of((text(), text().prop_map(Key)));
    (instant(), [text(), text(), text(), text()], json(), json(), peers, parent, any::<u32>())
        .prop_map(|(at, [tenant, workflow, instance, digest], input, grant, peers, parent, run)| Began {
            at,
            tenant,
            workflow,
            instance,
            digest,
            input,
            grant,
            peers,
            parent,
            run,
        })
        .boxed()
}

fn act() -> BoxedStrategy<Act> {
    prop_oneof![
        Just(Act::Pause),
        Just(Act::Continue),
        Just(Act::Terminate),
        text().prop_map(|key| Act::Decide { key: Key(key) }),
        number().prop_map(|dropped| Act::Restart { dropped }),
        text().prop_map(|key| Act::Resend { key: Key(key) }),
        (number(), text()).prop_map(|(dropped, key)| Act::Rewind { dropped, key: Key(key) }),
    ]
    .boxed()
}

pub(super) fn entry() -> BoxedStrategy<Entry> {
    let key = || text().prop_map(Key);
    let scope = || option::of(text().prop_map(Key));
    let note = prop_oneof![any::<u64>().prop_map(Note::Now), any::<u64>().prop_map(Note::Random)];
    let level = prop::sample::select(vec![Level::Debug, Level::Info, Level::Warn, Level::Error]);
    prop_oneof![
        began().prop_map(Entry::Began),
        (key(), instant(), command()).prop_map(|(key, at, command)| Entry::Asked { key, at, command }),
        (key(), instant(), any::<u32>(), failure(), instant())
            .prop_map(|(key, at, attempt, failure, again)| Entry::Tried { key, at, attempt, failure, again }),
        (key(), instant(), outcome()).prop_map(|(key, at, outcome)| Entry::Ended { key, at, outcome }),
        (key(), instant(), note).prop_map(|(key, at, note)| Entry::Noted { key, at, note }),
        (scope(), instant(), json()).prop_map(|(scope, at, status)| Entry::Exposed { scope, at, status }),
        (key(), instant()).prop_map(|(key, at)| Entry::ScopeCancelled { key, at }),
        (scope(), instant(), level, text(), json()).prop_map(|(scope, at, level, message, fields)| {
            Entry::Logged { scope, at, level, message, fields }
        }),
        (instant(), text(), text()).prop_map(|(at, by, why)| Entry::CancelAsked { at, by, why }),
        (instant(), text(), text()).prop_map(|(at, digest, by)| Entry::Moved { at, digest, by }),
        (instant(), text(), text(), act()).prop_map(|(at, by, why, act)| Entry::Acted { at, by, why, act }),
        (key(), instant(), any::<u32>()).prop_map(|(key, at, attempt)| Entry::Sent { key, at, attempt }),
        (instant(), outcome()).prop_map(|(at, outcome)| Entry::Finished { at, outcome }),
    ]
    .boxed()
}
