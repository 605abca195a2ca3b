//! A test with everything that it needs compiled.

use std::{collections::BTreeMap, sync::Arc};

use cairn_compiler::{
    Checked, EmitError, emit,
    ir::test::{Answer, Deed, Part, Test},
};
use cairn_dsl::tree::Span;
use cairn_host::{Error, Settings, ops::FailureView};
use serde_json::Value;

use super::{
    fault::Fault,
    tools::{Plan, Reply},
    values::{NoValue, Values, work_out},
    world::{Planned, Plans},
};

/// The compiled workflows of a file, by name.
pub(super) type Components = Arc<BTreeMap<String, Vec<u8>>>;

/// All workflows of a file, compiled.
///
/// # Errors
/// The emitter's.
pub(super) fn components(checked: &Checked) -> Result<Components, EmitError> {
    let compiled =
        checked.workflows.iter().map(|program| Ok((program.meta.workflow.clone(), emit(program)?)));
    Ok(Arc::new(compiled.collect::<Result<_, EmitError>>()?))
}

/// A test, ready to be run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) test: Test,
    pub(super) components: Components,
    before: Vec<u8>,
    pub(super) after: Vec<u8>,
}

impl Case {
    /// # Errors
    /// The emitter's.
    pub(super) fn new(test: &Test, components: &Components) -> Result<Self, EmitError> {
        let (before, after) = (emit(&test.before)?, emit(&test.after)?);
        Ok(Self { test: test.clone(), components: Arc::clone(components), before, after })
    }

    /// What the test does to its run; an expression that has no value makes it a fault of the test.
    pub(super) async fn plans(&self, settings: &Settings) -> Result<Result<Plans, Fault>, Error> {
        let values = work_out(settings, &self.before, Value::Object(serde_json::Map::new())).await?;
        Ok(self.planned(&values))
    }

    fn planned(&self, values: &Values) -> Result<Plans, Fault> {
        let input = part(values, self.test.input, self.test.run)?;
        let mut mocks = Vec::new();
        for mock in &self.test.mocks {
            let arguments = mock.arguments.map(|args| part(values, args, mock.span)).transpose()?;
            let replies = mock.answers.iter().map(|answer| reply(values, answer, mock.span));
            let replies = replies.collect::<Result<_, Fault>>()?;
            mocks.push(Plan { operation: mock.operation.clone(), arguments, replies });
        }
        let mut deeds = Vec::new();
        for (which, happening) in self.test.happenings.iter().enumerate() {
            let of = |one: Part| part(values, one, happening.span);
            let when = of(happening.when)?.as_u64().ok_or_else(|| {
                Fault::new(happening.span, "this is in front of the start")
                    .help("`at` counts from the start of the run")
            })?;
            let (data, to) = match &happening.what {
                Deed::Emit { data, to, .. } => (of(*data)?, to.map(of).transpose()?),
                Deed::Answer { data, .. } | Deed::Skip { data, .. } => (of(*data)?, None),
                Deed::Crash | Deed::Cancel | Deed::Retry { .. } => (Value::Null, None),
            };
            let to = to.and_then(|to| to.as_str().map(str::to_owned));
            deeds.push(Planned { when, which, data, to });
        }
        deeds.sort_by_key(|deed| deed.when);
        Ok(Plans { input, mocks, deeds })
    }
}

fn part(values: &Values, part: Part, span: Span) -> Result<Value, Fault> {
    values.part(part).cloned().map_err(|why| no_value(&why, span))
}

/// An expression that failed.
pub(super) fn no_value(why: &NoValue, span: Span) -> Fault {
    let found = Fault::new(span, "this has no value");
    match why.kind.as_str() {
        "missing" => found.label("there is no such item"),
        kind => found.label(format!("fails with `{kind}`: {}", why.message)),
    }
}

fn reply(values: &Values, answer: &Answer, span: Span) -> Result<Reply, Fault> {
    Ok(match answer {
        Answer::Hangs => Reply::Hangs,
        Answer::Gives(value) => Reply::Gives(part(values, *value, span)?),
        // No tool says that it is unclear: what it says then is that no answer came.
        Answer::Fails { kind, .. } if kind == "unclear" => Reply::Lost(FailureView {
            kind: "network".to_owned(),
            message: "the test says that the connection was lost before there was an answer".to_owned(),
            detail: Value::Null,
        }),
        Answer::Fails { kind, message, detail } => Reply::Fails(FailureView {
            kind: kind.clone(),
            message: part(values, *message, span)?.as_str().unwrap_or_default().to_owned(),
            detail: part(values, *detail, span)?,
        }),
    })
}
