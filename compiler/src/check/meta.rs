//! What the host reads about a workflow.

use std::collections::BTreeMap;

use cairn_dsl::Source;
use cairn_dsl::tree::WorkflowDecl;
use sha2::{Digest, Sha256};

use super::body::Shared;
use super::decls::{Operation, Param};
use super::needs::Wants;
use super::settings::Settings;
use crate::ir::{EventMeta, FailMeta, Meta, OperationMeta, ToolMeta};
use crate::schema;
use crate::types::{Field, Type};

/// A workflow's head, checked.
pub(super) struct Head<'h> {
    pub(super) decl: &'h WorkflowDecl,
    pub(super) doc: Option<&'h str>,
    pub(super) settings: Settings,
    pub(super) params: &'h [Param],
    pub(super) result: &'h Type,
}

pub(super) fn meta(head: Head<'_>, source: &Source, shared: &mut Shared) -> Meta {
    let Shared { wants, hashes, .. } = shared;
    let part = source.part(head.decl.name.span.start);
    let file = part.name.rsplit(['/', '\\']).next().unwrap_or(part.name);
    let hashed = || hex(&Sha256::digest(part.text.as_bytes()));
    let source_hash = hashes.entry(part.start).or_insert_with(hashed).clone();
    Meta {
        format: 1,
        workflow: head.decl.name.text.clone(),
        version: head.settings.version,
        doc: head.doc.map(str::to_owned),
        input: schema::closed(&fields(head.params)),
        output: schema::of(head.result),
        fails: head.decl.fails.iter().map(|f| f.name.text.clone()).collect(),
        tools: tools(wants),
        events: named(&wants.events),
        emits: named(&wants.emits),
        key: head.settings.key,
        limits: head.settings.limits,
        triggers: head.settings.triggers,
        workflows: wants.workflows.iter().cloned().collect(),
        needs: wants.needs(),
        source: file.to_owned(),
        source_hash,
        compiler: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn fields(params: &[Param]) -> Vec<Field> {
    let field = |p: &Param| Field { name: p.name.clone(), ty: p.ty.clone(), optional: p.may_be_missing() };
    params.iter().map(field).collect()
}

fn tools(wants: &Wants) -> Vec<ToolMeta> {
    let meta = wants.tools.iter().map(|(name, tool)| {
        let operations = tool.operations.iter().map(|(op, of)| operation(op, of)).collect();
        ToolMeta {
            name: name.clone(),
            from: tool.from.clone(),
            operations,
            component: tool.component.clone(),
        }
    });
    meta.collect()
}

fn operation(name: &str, of: &Operation) -> OperationMeta {
    OperationMeta {
        name: name.to_owned(),
        readonly: of.readonly,
        idempotent: of.idempotent,
        fails: of
            .fails
            .iter()
            .map(|(kind, status)| FailMeta { kind: kind.clone(), status: *status })
            .collect(),
        arguments: schema::closed(&fields(&of.params)),
        result: schema::of(&of.result),
        route: of.route.clone(),
    }
}

fn named(events: &BTreeMap<String, Vec<Field>>) -> Vec<EventMeta> {
    let meta = events.iter().map(|(name, fields)| EventMeta {
        name: name.clone(),
        data: schema::of(&Type::Record(fields.clone())),
    });
    meta.collect()
}
