//! The verbs with their own types: a request in, its own reply out.

use cairn_host::{
    Deployed, Error, Host,
    ops::{
        Answer, Answered, BackedUp, Backup, Cancel, Cancelled, Deploy, Done, Emit, Emitted, Filter, Inbox,
        InboxView, InstanceView, List, Logged, Logs, Reply, Request, Resume, Resumed, Schedule, ScheduleDone,
        Schedules, SchedulesListed, Send, Sent, Show, Shown, Start, Started,
    },
};

use super::Access;
use crate::problem::{Outcome, Problem};

/// Whose everything is that is done by hand with a data directory of one's own.
pub(crate) const TENANT: &str = "local";

/// Something that carries out verbs.
pub(crate) trait Handles {
    /// Carries out one.
    async fn handle(&self, request: Request) -> Outcome<Reply>;
}

impl Handles for Host {
    async fn handle(&self, request: Request) -> Outcome<Reply> {
        Ok(Host::handle(self, request).await?)
    }
}

impl Handles for Access {
    async fn handle(&self, request: Request) -> Outcome<Reply> {
        Access::handle(self, request).await
    }
}

fn tenant() -> String {
    TENANT.to_owned()
}

fn other(reply: &Reply) -> Problem {
    Error::fault(format!("a verb was answered with the reply of another: {reply:?}")).into()
}

/// Begins a run.
pub(crate) async fn start(to: &impl Handles, start: Start) -> Outcome<Started> {
    match to.handle(Request::Start(start)).await? {
        Reply::Start(started) => Ok(started),
        reply => Err(other(&reply)),
    }
}

/// Takes up one instance, or all that can go on.
pub(crate) async fn resume(to: &impl Handles, id: Option<String>, code: Option<String>) -> Outcome<Resumed> {
    match to.handle(Request::Resume(Resume { tenant: tenant(), id, code })).await? {
        Reply::Resume(resumed) => Ok(resumed),
        reply => Err(other(&reply)),
    }
}

/// Shows one instance.
pub(crate) async fn show(to: &impl Handles, id: &str) -> Outcome<Shown> {
    match to.handle(Request::Show(Show { tenant: tenant(), id: id.to_owned() })).await? {
        Reply::Show(shown) => Ok(*shown),
        reply => Err(other(&reply)),
    }
}

/// Does something to one instance.
pub(crate) async fn done(to: &impl Handles, request: Request) -> Outcome<Done> {
    match to.handle(request).await? {
        Reply::Done(done) => Ok(done),
        reply => Err(other(&reply)),
    }
}

/// All instances that are meant, page by page.
pub(crate) async fn list(to: &impl Handles, filter: Filter) -> Outcome<Vec<InstanceView>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = match to
            .handle(Request::List(List { tenant: tenant(), after, limit: 500, filter: filter.clone() }))
            .await?
        {
            Reply::List(page) => page,
            reply => return Err(other(&reply)),
        };
        all.extend(page.instances);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Sends an event; its tenant is filled in.
pub(crate) async fn send(to: &impl Handles, send: Send) -> Outcome<Sent> {
    match to.handle(Request::Send(Send { tenant: tenant(), ..send })).await? {
        Reply::Send(sent) => Ok(sent),
        reply => Err(other(&reply)),
    }
}

/// Answers a question of an instance; its tenant is filled in.
pub(crate) async fn answer(to: &impl Handles, answer: Answer) -> Outcome<Answered> {
    match to.handle(Request::Answer(Answer { tenant: tenant(), ..answer })).await? {
        Reply::Answer(answered) => Ok(answered),
        reply => Err(other(&reply)),
    }
}

/// Sends an event to all who know it; its tenant is filled in.
pub(crate) async fn emit(to: &impl Handles, emit: Emit) -> Outcome<Emitted> {
    match to.handle(Request::Emit(Emit { tenant: tenant(), ..emit })).await? {
        Reply::Emit(emitted) => Ok(emitted),
        reply => Err(other(&reply)),
    }
}

/// All messages that nobody has taken, by whom they are for; of one alone if it is named.
pub(crate) async fn inboxes(to: &impl Handles, id: Option<&str>) -> Outcome<Vec<InboxView>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let inbox = Inbox { tenant: tenant(), id: id.map(str::to_owned), after, limit: 500 };
        let page = match to.handle(Request::Inbox(inbox)).await? {
            Reply::Inbox(page) => page,
            reply => return Err(other(&reply)),
        };
        all.extend(page.inboxes);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Asks an instance to stop.
pub(crate) async fn cancel(to: &impl Handles, id: &str, by: String, why: String) -> Outcome<Cancelled> {
    match to.handle(Request::Cancel(Cancel { tenant: tenant(), id: id.to_owned(), by, why })).await? {
        Reply::Cancel(cancelled) => Ok(cancelled),
        reply => Err(other(&reply)),
    }
}

/// Reads a log from a sequence on.
pub(crate) async fn logs(to: &impl Handles, id: &str, from: u64) -> Outcome<Logged> {
    match to.handle(Request::Logs(Logs { tenant: tenant(), id: id.to_owned(), from })).await? {
        Reply::Logs(logged) => Ok(logged),
        reply => Err(other(&reply)),
    }
}

/// Copies the data directory to a new one.
pub(crate) async fn backup(to: &impl Handles, folder: std::path::PathBuf) -> Outcome<BackedUp> {
    match to.handle(Request::Backup(Backup { to: folder })).await? {
        Reply::Backup(done) => Ok(done),
        reply => Err(other(&reply)),
    }
}

/// Takes in the component that lies in a file.
pub(crate) async fn deploy(to: &impl Handles, file: std::path::PathBuf, tool: bool) -> Outcome<Deployed> {
    match to.handle(Request::Deploy(Deploy { file, tool })).await? {
        Reply::Deploy(deployed) => Ok(*deployed),
        reply => Err(other(&reply)),
    }
}

/// Has a workflow start by itself, or changes how that is; its tenant is filled in.
pub(crate) async fn schedule(to: &impl Handles, schedule: Schedule) -> Outcome<ScheduleDone> {
    match to.handle(Request::Schedule(Schedule { tenant: tenant(), ..schedule })).await? {
        Reply::Schedule(done) => Ok(done),
        reply => Err(other(&reply)),
    }
}

/// Lists what starts by itself.
pub(crate) async fn schedules(to: &impl Handles) -> Outcome<SchedulesListed> {
    match to.handle(Request::Schedules(Schedules { tenant: tenant() })).await? {
        Reply::Schedules(listed) => Ok(listed),
        reply => Err(other(&reply)),
    }
}
