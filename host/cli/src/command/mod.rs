//! The commands: one verb, one file.

mod allowed;
mod answer;
mod backup;
mod build;
mod cancel;
mod check;
mod compat;
mod component;
mod doc;
mod emit;
mod explain;
mod fix;
mod fmt;
mod grammar;
mod graph;
mod guide;
mod inbox;
mod list;
mod logs;
mod lsp;
mod new;
mod pause;
mod proceed;
mod purge;
mod repair;
mod restart;
mod resume;
mod retry;
mod run;
mod schedule;
mod schedules;
mod send;
mod show;
mod skip;
mod terminate;
mod test;
mod verify;
mod which;
mod wit;

use std::future::Future;

use clap::{Parser, Subcommand};

use crate::{
    global::Global,
    problem::{Outcome, fault},
};

/// Durable workflows: every finished step is recorded, and after a crash, a month's wait or a restart a run goes on
/// where it was.
#[derive(Debug, Parser)]
#[command(
    name = "cairn",
    version,
    arg_required_else_help = true,
    after_help = "Begin with:
  cairn check hello.cairn                            is it right?
  cairn run hello.cairn --input '{\"name\": \"ada\"}'    run it
  cairn list                                         what has run, and what waits

Data goes to stdout, everything else to stderr. Colour only on a terminal, and not with NO_COLOR.
CAIRN_LOG=debug writes what happens inside to stderr.

Exit codes: 0 finished, 1 the workflow failed, 2 your mistake, 3 it waits,
4 replay and journal disagree, 70 our fault, 130 interrupted."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    Check(check::Check),
    Build(build::Build),
    Component(component::Component),
    Wit(wit::Wit),
    Test(test::Test),
    Fmt(fmt::Fmt),
    Fix(fix::Fix),
    Explain(explain::Explain),
    Grammar(grammar::Grammar),
    Graph(graph::Graph),
    Compat(compat::Compat),
    Doc(doc::Doc),
    Guide(guide::Guide),
    Lsp(lsp::Lsp),
    Run(run::Run),
    Resume(resume::Resume),
    Schedule(schedule::Schedule),
    Schedules(schedules::Schedules),
    List(list::List),
    Show(show::Show),
    Send(send::Send),
    Answer(answer::Answer),
    Emit(emit::Emit),
    Inbox(inbox::Inbox),
    Cancel(cancel::Cancel),
    Pause(pause::Pause),
    Continue(proceed::Continue),
    Terminate(terminate::Terminate),
    Restart(restart::Restart),
    Retry(retry::Retry),
    Skip(skip::Skip),
    Purge(purge::Purge),
    Logs(logs::Logs),
    Backup(backup::Backup),
    Verify(verify::Verify),
    Repair(repair::Repair),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    ///
    /// As the command says.
    pub(crate) fn run(&self) -> Outcome {
        let global = &self.global;
        match &self.command {
            Command::New(new) => new.run(global),
            Command::Check(check) => check.run(global),
            Command::Component(component) => component.run(global),
            Command::Wit(wit) => wit.run(global),
            Command::Build(build) => finish(build.run(global)),
            Command::Test(test) => test.run(global),
            Command::Fmt(fmt) => fmt.run(global),
            Command::Fix(fix) => fix.run(global),
            Command::Explain(explain) => explain.run(global),
            Command::Grammar(grammar) => grammar.run(global),
            Command::Graph(graph) => finish(graph.run(global)),
            Command::Compat(compat) => compat.run(global),
            Command::Doc(doc) => doc.run(global),
            Command::Guide(guide) => guide.run(global),
            Command::Lsp(lsp) => lsp.run(),
            Command::Run(run) => finish(run.run(global)),
            Command::Resume(resume) => finish(resume.run(global)),
            Command::Schedule(schedule) => finish(schedule.run(global)),
            Command::Schedules(schedules) => finish(schedules.run(global)),
            Command::List(list) => finish(list.run(global)),
            Command::Show(show) => finish(show.run(global)),
            Command::Send(send) => finish(send.run(global)),
            Command::Answer(answer) => finish(answer.run(global)),
            Command::Emit(emit) => finish(emit.run(global)),
            Command::Inbox(inbox) => finish(inbox.run(global)),
            Command::Cancel(cancel) => finish(cancel.run(global)),
            Command::Logs(logs) => finish(logs.run(global)),
            Command::Pause(pause) => finish(pause.run(global)),
            Command::Continue(proceed) => finish(proceed.run(global)),
            Command::Terminate(terminate) => finish(terminate.run(global)),
            Command::Restart(restart) => finish(restart.run(global)),
            Command::Retry(retry) => finish(retry.run(global)),
            Command::Skip(skip) => finish(skip.run(global)),
            Command::Purge(purge) => finish(purge.run(global)),
            Command::Backup(backup) => finish(backup.run(global)),
            Command::Verify(verify) => verify.run(global),
            Command::Repair(repair) => repair.run(global),
        }
    }
}

/// Drives a command to its end. What still runs then is left: the data directory has been closed.
fn finish(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|e| fault(format!("cannot start threads: {e}"), "is there a limit on them?"))?;
    let outcome = runtime.block_on(command);
    runtime.shutdown_background();
    outcome
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_has_an_argument_of_a_name_that_all_have() {
        let all = Cli::command();
        let shared: Vec<_> =
            all.get_arguments().filter(|arg| arg.is_global_set()).map(|arg| arg.get_id()).collect();
        assert!(shared.len() >= 2);
        for command in all.get_subcommands() {
            let clash = command.get_arguments().find(|arg| shared.contains(&arg.get_id()));
            assert_eq!(clash.map(|arg| arg.get_id()), None, "{}", command.get_name());
        }
    }
}
