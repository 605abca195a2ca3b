//! The verbs, as data: what an operator or a tenant can ask of a host, in this process or through the socket of the one that
//! holds the data directory. One verb, one file.

mod answer;
mod backup;
mod birth;
mod cancel;
mod deploy;
mod emit;
mod filter;
mod inbox;
mod keyed;
mod list;
mod logs;
mod order;
mod pause;
mod proceed;
mod progress;
mod purge;
mod restart;
mod resume;
mod retry;
mod rewind;
mod schedule;
mod schedules;
mod send;
mod show;
mod skip;
mod start;
mod terminate;
mod timeline;
mod view;

pub use answer::{Answer, Answered, QuestionView};
pub use backup::{BackedUp, Backup};
pub use cancel::{Cancel, Cancelled};
pub use deploy::Deploy;
pub use emit::{Emit, Emitted};
pub use filter::{Filter, STATUSES};
pub use inbox::{Inbox, InboxView, Inboxes};
pub use list::{InstanceView, List, Listed, State};
pub use logs::{LogLine, Logged, Logs};
pub use order::{Done, Order};
pub use progress::{Progress, Update};
pub use purge::Purge;
pub use restart::Restart;
pub use resume::{Resume, Resumed};
pub use retry::Retry;
pub use schedule::{Schedule, ScheduleAct, ScheduleDone};
pub use schedules::{ActView, Became, LastView, ScheduleView, Schedules, SchedulesListed, StartedBy};
pub use send::{Send, Sent};
pub use show::{Line, MessageView, Show, Shown};
pub use skip::Skip;
pub use start::{Start, Started};

pub(crate) use birth::{Birth, begin, fits_grant, fits_input, fits_tools};
pub(crate) use cancel::cancel;
pub(crate) use deploy::{deploy, deploy_tool};
pub(crate) use emit::{Letter, deliver};
pub(crate) use keyed::{name as keyed_name, place as keyed_place, short_digest, turn_of};
pub(crate) use resume::wake_in_time;
pub(crate) use start::start_noting;
pub(crate) use view::{resting, view};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use timeline::timeline;
use view::{event_name, is_over, named};

use crate::{Deployed, Error, host::Inner};

/// A failure as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureView {
    /// The kind, such as `timeout` or `card_declined`.
    pub kind: String,
    /// For people.
    pub message: String,
    /// What the kind declares, or null.
    pub detail: serde_json::Value,
}

/// How a run or a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeView {
    /// Well, with this.
    Result(serde_json::Value),
    /// With a failure.
    Failure(FailureView),
}

/// A verb and what it needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is named after the type that it holds")]
pub enum Request {
    Start(Start),
    Resume(Resume),
    List(List),
    Show(Show),
    Send(Send),
    Cancel(Cancel),
    Answer(Answer),
    Emit(Emit),
    Inbox(Inbox),
    Logs(Logs),
    Pause(Order),
    Continue(Order),
    Terminate(Order),
    Restart(Restart),
    Retry(Retry),
    Skip(Skip),
    Purge(Purge),
    Backup(Backup),
    Deploy(Deploy),
    Schedule(Schedule),
    Schedules(Schedules),
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is named after the type that it holds")]
pub enum Reply {
    Start(Started),
    Resume(Resumed),
    List(Listed),
    Show(Box<Shown>),
    Send(Sent),
    Cancel(Cancelled),
    Answer(Answered),
    Emit(Emitted),
    Inbox(Inboxes),
    Logs(Logged),
    /// Of all verbs that are about one instance and give no more than what became of it.
    Done(Done),
    Backup(BackedUp),
    Deploy(Box<Deployed>),
    Schedule(ScheduleDone),
    Schedules(SchedulesListed),
}

/// Carries out a verb.
pub(crate) async fn handle(inner: &Arc<Inner>, request: Request) -> Result<Reply, Error> {
    Ok(match request {
        Request::Start(verb) => Reply::Start(start::start(inner, verb).await?),
        Request::Resume(verb) => Reply::Resume(resume::resume(inner, verb).await?),
        Request::List(verb) => Reply::List(list::list(inner, &verb)?),
        Request::Show(verb) => Reply::Show(Box::new(show::show(inner, &verb).await?)),
        Request::Send(verb) => Reply::Send(send::send(inner, verb).await?),
        Request::Cancel(verb) => Reply::Cancel(cancel(inner, verb).await?),
        Request::Answer(verb) => Reply::Answer(answer::answer(inner, verb).await?),
        Request::Emit(verb) => Reply::Emit(emit::emit(inner, verb).await?),
        Request::Inbox(verb) => Reply::Inbox(inbox::inbox(inner, &verb)?),
        Request::Logs(verb) => Reply::Logs(logs::logs(inner, &verb)?),
        Request::Pause(verb) => Reply::Done(pause::pause(inner, verb).await?),
        Request::Continue(verb) => Reply::Done(proceed::proceed(inner, verb).await?),
        Request::Terminate(verb) => Reply::Done(terminate::terminate(inner, verb).await?),
        Request::Restart(verb) => Reply::Done(restart::restart(inner, verb).await?),
        Request::Retry(verb) => Reply::Done(retry::retry(inner, verb).await?),
        Request::Skip(verb) => Reply::Done(skip::skip(inner, verb).await?),
        Request::Purge(verb) => Reply::Done(purge::purge(inner, verb).await?),
        Request::Backup(verb) => Reply::Backup(backup::backup(inner, verb).await?),
        Request::Deploy(verb) => Reply::Deploy(Box::new(deploy::deploy_file(inner, &verb).await?)),
        Request::Schedule(verb) => Reply::Schedule(schedule::schedule(inner, verb).await?),
        Request::Schedules(verb) => Reply::Schedules(schedules::schedules(inner, &verb)?),
    })
}
