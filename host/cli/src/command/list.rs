//! `cairn list`

use cairn_host::ops::InstanceView;
use clap::Args;
use serde_json::json;

use super::which::Meant;
use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::Outcome,
    screen::{Clock, Paint, out, state, table},
};

/// List all runs and where they stand
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn list
  cairn list --status waiting,paused --workflow order
  cairn list --status failed --older-than 7d --ids 'order-*'
  cairn list --json | jq '.instances[] | select(.state.is == \"failed\") | .id'")]
pub(crate) struct List {
    #[command(flatten)]
    meant: Meant,
}

impl List {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let access = Access::any(&global.dir()).await?;
        let found = verbs::list(&access, self.meant.filter()).await;
        access.close().await;
        let instances = found?;
        if global.json {
            out::pretty(&json!({ "instances": instances }))?;
        } else if instances.is_empty() {
            let none = if self.meant.filter().is_empty() {
                "there are no runs here yet\n"
            } else {
                "no run is like that\n"
            };
            out::tell(none);
        } else {
            out::data(&rows(&instances, &Clock::here(), Paint::stdout()))?;
        }
        Ok(Exit::Finished)
    }
}

/// A table of instances.
pub(crate) fn rows(instances: &[InstanceView], clock: &Clock, paint: Paint) -> String {
    let head = ["ID", "WORKFLOW", "STARTED", "ENTRIES", "STATE"].map(|name| paint.dim(name)).to_vec();
    let row = |view: &InstanceView| {
        vec![
            view.id.clone(),
            view.workflow.clone(),
            clock.ago(view.started),
            view.entries.to_string(),
            state(&view.state, clock, paint),
        ]
    };
    table(&std::iter::once(head).chain(instances.iter().map(row)).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use cairn_host::ops::State;

    use super::*;

    #[test]
    fn a_list_has_a_row_for_each() {
        let view = |id: &str, state| InstanceView {
            id: id.into(),
            workflow: "order".into(),
            digest: "sha256:0".into(),
            state,
            started: 1_767_225_600_000,
            changed: 1_767_225_600_000,
            entries: 7,
        };
        let all = [view("o1", State::Finished), view("order-2", State::Failed { kind: "timeout".into() })];
        let text = rows(&all, &Clock::at(1_767_225_660_000), Paint::plain());
        assert_eq!(
            text,
            "ID       WORKFLOW  STARTED    ENTRIES  STATE\n\
             o1       order     1 min ago  7        finished\n\
             order-2  order     1 min ago  7        failed: timeout\n"
        );
    }
}
