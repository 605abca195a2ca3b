//! `cairn schedules`

use cairn_host::ops::{ActView, Became, LastView, ScheduleView, StartedBy};
use clap::Args;

use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, hint},
    screen::{Clock, Paint, out, table},
};

/// List the workflows that start by themselves: by what, when next, and what came of the last time
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn schedules
  cairn schedules --json | jq '.schedules[] | {name, acts}'

With --json also who has registered, paused and continued each, when and why.")]
pub(crate) struct Schedules {}

impl Schedules {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let dir = global.dir();
        let access = Access::any(&dir).await?;
        let listed = verbs::schedules(&access).await;
        access.close().await;
        let listed = listed?;
        if global.json {
            out::pretty(&listed)?;
        } else if listed.schedules.is_empty() {
            out::tell("no workflow starts by itself here\n");
            let command = dir.hints().command(&["schedule", "FILE"]);
            out::tell(&hint(Paint::stderr(), &format!("to have one do so: `{command}`")));
        } else {
            out::data(&rows(&listed.schedules, &Clock::here(), Paint::stdout()))?;
            if !listed.driven {
                let command = dir.hints().command(&["resume", "--keep"]);
                out::tell(&hint(Paint::stderr(), &format!("{NOBODY}: `{command}`")));
            }
        }
        Ok(Exit::Finished)
    }
}

/// Where nothing would start.
pub(crate) const NOBODY: &str = "nobody is there at the moment to start what is due; to stay for it";

/// A line for each thing that starts something.
pub(crate) fn rows(schedules: &[ScheduleView], clock: &Clock, paint: Paint) -> String {
    let mut rows = vec![["WORKFLOW", "STARTED BY", "NEXT", "LAST"].map(|name| paint.dim(name)).to_vec()];
    for view in schedules {
        for by in &view.started_by {
            let (what, next, last) = match by {
                StartedBy::Schedule { cron, zone, next, last, .. } => (
                    format!("{cron} in {zone}"),
                    next.map_or_else(|| "-".to_owned(), |at| moment(at, clock)),
                    last,
                ),
                StartedBy::Event { event, last } => {
                    (format!("the event {event}"), "when it comes".to_owned(), last)
                }
            };
            let next = if view.paused { paused(&view.acts, paint) } else { next };
            let last = last.as_ref().map_or_else(|| "-".to_owned(), |last| came(last, clock));
            rows.push(vec![view.name.clone(), what, next, last]);
        }
    }
    table(&rows)
}

fn moment(at: u64, clock: &Clock) -> String {
    if clock.has_come(at) { "due".to_owned() } else { format!("{} ({})", clock.moment(at), clock.ahead(at)) }
}

/// `paused by ada: the bank is down`
fn paused(acts: &[ActView], paint: Paint) -> String {
    let by = acts.iter().rev().find(|act| act.did.starts_with("is paused"));
    let by = by.map_or_else(String::new, |act| match act.why.as_str() {
        "" => format!(" by {}", act.by),
        why => format!(" by {}: {why}", act.by),
    });
    format!("{}{by}", paint.yellow("paused"))
}

fn came(last: &LastView, clock: &Clock) -> String {
    let ago = clock.ago(last.at);
    match &last.became {
        Became::Started(id) => format!("started {id}, {ago}"),
        Became::Joined(id) => format!("{id} was under way, {ago}"),
        Became::Refused(why) => format!("not started, {ago}: {why}"),
        Became::Missed => format!("missed at {}", clock.moment(last.due)),
    }
}

/// `2 workflows start by themselves, the next at 02:00:00 (in 3 h)`; nothing where none does.
pub(crate) fn next(schedules: &[ScheduleView], clock: &Clock) -> Option<String> {
    let alive: Vec<_> = schedules.iter().filter(|view| !view.paused).collect();
    let times = alive.iter().flat_map(|view| &view.started_by).filter_map(|by| match by {
        StartedBy::Schedule { next, .. } => *next,
        StartedBy::Event { .. } => None,
    });
    let at = times.min().map_or_else(String::new, |at| match clock.has_come(at) {
        true => ", one now".to_owned(),
        false => format!(", the next at {} ({})", clock.moment(at), clock.ahead(at)),
    });
    match alive.as_slice() {
        [] => None,
        [one] => Some(format!("`{}` starts by itself{at}", one.name)),
        many => Some(format!("{} workflows start by themselves{at}", many.len())),
    }
}

#[cfg(test)]
mod tests {
    use cairn_host::Missed;

    use super::*;

    const NOON: u64 = 1_767_268_800_000;

    fn view(name: &str, paused: bool, started_by: Vec<StartedBy>) -> ScheduleView {
        let act = |by: &str, did: &str| ActView {
            at: NOON,
            by: by.into(),
            why: "holidays".into(),
            did: did.into(),
        };
        let acts =
            vec![act("bob", "starts by itself from now on"), act("ada", "is paused: it starts nothing")];
        ScheduleView { name: name.into(), digest: "sha256:0".into(), paused, started_by, acts }
    }

    fn time(next: Option<u64>, became: Option<Became>) -> StartedBy {
        let last = became.map(|became| LastView { due: NOON - 3_600_000, at: NOON - 3_600_000, became });
        StartedBy::Schedule { cron: "0 2 * * *".into(), zone: "UTC".into(), missed: Missed::Once, next, last }
    }

    #[test]
    fn a_list_says_by_what_when_and_what_came_of_it() {
        let event = StartedBy::Event { event: "shop.placed".into(), last: None };
        let all = [
            view(
                "nightly",
                false,
                vec![time(Some(NOON + 3_600_000), Some(Became::Started("nightly-1".into()))), event],
            ),
            view("weekly", true, vec![time(None, Some(Became::Missed))]),
        ];
        let clock = Clock::at(NOON);
        assert_eq!(
            rows(&all, &clock, Paint::plain()),
            "WORKFLOW  STARTED BY             NEXT                     LAST\n\
             nightly   0 2 * * * in UTC       13:00:00 (in 1 h)        started nightly-1, 1 h ago\n\
             nightly   the event shop.placed  when it comes            -\n\
             weekly    0 2 * * * in UTC       paused by ada: holidays  missed at 11:00:00\n"
        );
        assert_eq!(next(&all, &clock).unwrap(), "`nightly` starts by itself, the next at 13:00:00 (in 1 h)");
        assert_eq!(next(&all[1..], &clock), None);
    }
}
