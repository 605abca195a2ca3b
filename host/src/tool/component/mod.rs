//! Components as tools: `component:PATH`. Each call runs an exported function in a fresh instance, with limits of its own, over an empty
//! WASI with ordinary clocks and chance (what comes of a call is recorded, so nothing need be the same twice) and with requests to what
//! the run may reach.

mod answer;
mod call;
mod functions;
mod kit;
mod said;
mod schema;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use kit::{Kit, known_imports};

use std::{collections::BTreeMap, sync::Arc};

use wasmtime::component::InstancePre;

use self::{call::State, functions::Function, kit::Bench};
use super::{Answer, Attempt, Grant, Tool};
use crate::{Component, Error, ToolMeta, did_you_mean};

/// A component that is ready to be called.
pub(crate) struct ToolCode {
    component: Component,
    bench: Arc<Bench>,
    pre: InstancePre<State>,
    /// Its functions, by the names that the language has for them.
    functions: BTreeMap<String, Function>,
}

impl ToolCode {
    /// What its bytes tell.
    pub(crate) fn component(&self) -> &Component {
        &self.component
    }

    /// It has the operations of a tool as the code declares them.
    ///
    /// # Errors
    /// A mistake that names the operation and what does not agree.
    pub(crate) fn agrees(&self, tool: &ToolMeta) -> Result<(), Error> {
        for operation in &tool.operations {
            let what = format!("{}.{}", tool.name, operation.name);
            let found = self.function(&operation.name).and_then(|function| {
                function.fits()?;
                schema::agrees(&operation.arguments, function)
            });
            found.map_err(|why| {
                Error::mistake(format!("the component that is bound to `{}` does not fit: `{what}` {why}", tool.name))
                    .help("build the component that the code was written for, or bind another one: `--bind NAME=component:PATH`")
            })?;
        }
        Ok(())
    }

    /// # Errors
    /// What its name lacks, as it stands behind it.
    fn function(&self, name: &str) -> Result<&Function, String> {
        self.functions.get(name).ok_or_else(|| {
            let all: Vec<&str> = self.functions.keys().map(String::as_str).collect();
            let has = match did_you_mean(name, &all) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if all.is_empty() => "it exports none".to_owned(),
                None => format!("it has `{}`", all.join("`, `")),
            };
            format!("is no function of the component: {has}")
        })
    }
}

/// A component with what the run may reach.
pub(crate) struct Bound {
    code: Arc<ToolCode>,
    grant: Grant,
}

impl Bound {
    pub(crate) fn new(code: Arc<ToolCode>, grant: &Grant) -> Self {
        Self { code, grant: grant.clone() }
    }
}

impl Tool for Bound {
    fn call(&self, attempt: Attempt) -> Answer<'_> {
        Box::pin(self.code.call(attempt, &self.grant))
    }
}
