//! What a directory holds, and whether its runs come to their ends.

use std::{path::Path, sync::Arc, time::Duration};

use cairn_host::{
    Host,
    journal::{
        Commit, Digest, Head, HeadChange, InstanceId, Journal, MemoryJournal, MessageId, Status, Sync,
        TimerChange,
    },
    ops::{Request, Resume},
    replay::{Command, Entry, Seq},
};

use crate::{
    bug::{self, Bug},
    say,
    tools::{Nobody, One},
    world::{TENANT, component, host, host_with, journal, message, send, show, stopped, told},
};

pub(crate) async fn check(dir: &Path, last: u64, bug: Option<Bug>) -> Result<(), String> {
    let journal = journal(dir)?;
    let found = heads(&*journal)?;
    for head in &found {
        tell(&*journal, head)?;
    }
    messages(&*journal, last)?;
    say("opened");
    let host = host(dir, bug::seen(Arc::clone(&journal), bug))?;
    host.deploy(&component()?).await.map_err(|error| error.to_string())?;
    tokio::select! {
        why = stopped(&host) => return Err(why),
        ended = all_to_the_end(&host, &found) => ended?,
    }
    host.close().await;
    again(dir, &*journal).await?;
    say("done");
    Ok(())
}

fn heads(journal: &dyn Journal) -> Result<Vec<Head>, String> {
    Ok(journal.list(TENANT, None, usize::MAX).map_err(|error| error.to_string())?.items)
}

/// What its journal holds.
fn tell(journal: &dyn Journal, head: &Head) -> Result<(), String> {
    let id = &head.id.instance;
    say(&format!("found {id}"));
    for entry in journal.load(&head.id, Seq(0)).map_err(|error| error.to_string())? {
        match entry {
            Entry::Asked { key, command: Command::Call { .. }, .. } => {
                say(&format!("asked {TENANT}/{id}/{}", key.0));
            }
            Entry::Ended { key, .. } => say(&format!("recorded {TENANT}/{id}/{}", key.0)),
            Entry::Finished { .. } => say(&format!("ended {id}")),
            _ => {}
        }
    }
    Ok(())
}

/// Which runs' events it has had; some come before their run.
fn messages(journal: &dyn Journal, last: u64) -> Result<(), String> {
    for number in 1..=last {
        let to = InstanceId { tenant: TENANT.to_owned(), instance: format!("r{number}") };
        let message = MessageId(message(&to.instance));
        if journal.knows(&to, &message).map_err(|error| error.to_string())? {
            say(&format!("heard {}", to.instance));
        }
    }
    Ok(())
}

async fn all_to_the_end(host: &Host, found: &[Head]) -> Result<(), String> {
    let resume = Resume { tenant: TENANT.to_owned(), id: None, code: None };
    host.handle(Request::Resume(resume)).await.map_err(|error| error.to_string())?;
    for head in found {
        to_the_end(host, &head.id.instance).await?;
    }
    Ok(())
}

async fn to_the_end(host: &Host, id: &str) -> Result<(), String> {
    if show(host, id).await?.outcome.is_none() {
        // The same message once more: whether the first one was acknowledged nobody here knows. It may end meanwhile.
        let sent = send(host, id).await;
        if sent.is_err() && show(host, id).await?.outcome.is_none() {
            return sent;
        }
    }
    loop {
        host.at_rest(TENANT, id).await.map_err(|error| error.to_string())?;
        if let Some(outcome) = show(host, id).await?.outcome {
            say(&format!("over {id} {}", told(&outcome)));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// All runs once more, each from all of its journal but the last entry, on a host that asks nobody.
async fn again(dir: &Path, journal: &dyn Journal) -> Result<(), String> {
    let memory = MemoryJournal::new();
    let digest = memory.put_blob(&component()?).map_err(|error| error.to_string())?;
    let heads = heads(journal)?;
    for head in &heads {
        let mut entries = journal.load(&head.id, Seq(0)).map_err(|error| error.to_string())?;
        if !matches!(entries.pop(), Some(Entry::Finished { .. })) {
            return Err(format!("the journal of {} does not end with its outcome", head.id.instance));
        }
        copy(&memory, entries, digest.clone(), head).await?;
    }
    let host = host_with(dir, Arc::new(memory), Arc::new(One(Arc::new(Nobody))))?;
    let resume = Resume { tenant: TENANT.to_owned(), id: None, code: None };
    host.handle(Request::Resume(resume)).await.map_err(|error| error.to_string())?;
    for Head { id, .. } in &heads {
        host.at_rest(TENANT, &id.instance).await.map_err(|error| error.to_string())?;
        let outcome = show(&host, &id.instance).await?.outcome;
        let told = outcome.as_ref().map_or_else(|| "does not end".to_owned(), told);
        say(&format!("again {} {told}", id.instance));
    }
    host.close().await;
    Ok(())
}

async fn copy(
    memory: &MemoryJournal,
    entries: Vec<Entry>,
    digest: Digest,
    head: &Head,
) -> Result<(), String> {
    let commit = Commit {
        id: head.id.clone(),
        expect: Seq(0),
        restart: false,
        entries,
        timer: TimerChange::Clear,
        consumed: Vec::new(),
        locks: Vec::new(),
        kept: Vec::new(),
        head: HeadChange { status: Some(Status::Ready), digest: Some(digest) },
        at: head.changed,
    };
    match memory.commit(commit, Sync::Durable).await {
        Ok(Ok(())) => Ok(()),
        other => Err(format!("the journal of {} cannot be copied: {other:?}", head.id.instance)),
    }
}
