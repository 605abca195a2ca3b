//! Declarations.

use cairn_dsl::tree::{
    Expectation, File, Happening, Item, ItemKind, MockAnswer, Name, Param, Setting, SettingKind, TestStmt,
    TestStmtKind, ToolDecl, Trigger, Ty, TyKind,
};

use super::{Group, Kind, Walk};

impl Walk {
    /// All items first: they can be used in front of where they stand.
    pub(super) fn declare_items(&mut self, file: &File) {
        for item in &file.items {
            let doc = item.doc.as_deref();
            let mut add = |group, name: &Name, kind| self.item(group, name, kind, item.span, doc);
            match &item.kind {
                ItemKind::Const(decl) => add(Group::Value, &decl.name, Kind::Const),
                ItemKind::Type(decl) => add(Group::Type, &decl.name, Kind::Type),
                ItemKind::Error(decl) => add(Group::Error, &decl.name, Kind::Error),
                ItemKind::Event(decl) => add(Group::Event, &decl.name, Kind::Event),
                ItemKind::Secret(decl) => add(Group::Value, &decl.name, Kind::Secret),
                ItemKind::Toolset(decl) => add(Group::Value, &decl.name, Kind::Toolset),
                ItemKind::Fn(decl) => add(Group::Function, &decl.name, Kind::Function),
                ItemKind::Flow(decl) => add(Group::Flow, &decl.name, Kind::Flow),
                ItemKind::Workflow(decl) => add(Group::Workflow, &decl.name, Kind::Workflow),
                ItemKind::Tool(decl) => self.tool(decl, item),
                ItemKind::Use(decl) => {
                    if let Some(alias) = &decl.alias {
                        add(Group::Tool, alias, Kind::Tool);
                    }
                }
                ItemKind::Test(_) => {}
            }
        }
    }

    fn tool(&mut self, decl: &ToolDecl, item: &Item) {
        self.item(Group::Tool, &decl.name, Kind::Tool, item.span, item.doc.as_deref());
        for operation in &decl.operations {
            let seen = cairn_dsl::tree::Span { start: 0, end: u32::MAX };
            let doc = operation.doc.as_deref();
            let at = self.add(&operation.name, Kind::Operation, operation.span, doc, seen);
            let name = format!("{}.{}", decl.name.text, operation.name.text);
            self.items.entry((Group::Tool, name)).or_insert(at);
        }
    }

    pub(super) fn items(&mut self, file: &File) {
        for item in &file.items {
            self.scoped(item.span.end, |walk| walk.one(item));
        }
    }

    fn one(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Use(_) | ItemKind::Secret(_) => {}
            ItemKind::Const(decl) => {
                self.ty_of(decl.ty.as_ref());
                self.expr(&decl.value);
            }
            ItemKind::Type(decl) => self.ty(&decl.ty),
            ItemKind::Error(decl) => self.ty_of(decl.fields.as_ref()),
            ItemKind::Event(decl) => self.ty_of(decl.fields.as_ref()),
            ItemKind::Tool(decl) => {
                for operation in &decl.operations {
                    self.signature(&operation.params, Some(&operation.result), false);
                    self.kinds(operation.fails.iter().map(|kind| &kind.name));
                }
            }
            ItemKind::Toolset(decl) => decl.members.iter().for_each(|path| self.use_operation(path)),
            ItemKind::Fn(decl) => {
                self.signature(&decl.params, Some(&decl.result), true);
                self.expr(&decl.body);
            }
            ItemKind::Flow(decl) => {
                self.signature(&decl.params, decl.result.as_ref(), true);
                self.kinds(decl.fails.iter().map(|kind| &kind.name));
                self.block(&decl.body);
            }
            ItemKind::Workflow(decl) => {
                self.signature(&decl.params, decl.result.as_ref(), true);
                self.kinds(decl.fails.iter().map(|kind| &kind.name));
                decl.settings.iter().for_each(|setting| self.setting(setting));
                self.stmts(&decl.body);
            }
            ItemKind::Test(decl) => decl.body.iter().for_each(|stmt| self.test(stmt)),
        }
    }

    fn signature(&mut self, params: &[Param], result: Option<&Ty>, inside: bool) {
        for param in params {
            self.ty(&param.ty);
            if let Some(default) = &param.default {
                self.expr(default);
            }
            if inside {
                self.variable(&param.name, Kind::Parameter, param.span.end);
            }
        }
        self.ty_of(result);
    }

    fn kinds<'n>(&mut self, names: impl Iterator<Item = &'n Name>) {
        for name in names {
            self.use_item(Group::Error, &name.text, name.span);
        }
    }

    fn setting(&mut self, setting: &Setting) {
        match &setting.kind {
            SettingKind::Version(_) => {}
            SettingKind::Key { value, .. } | SettingKind::Limits(value) => self.expr(value),
            SettingKind::Defaults(clauses) => self.clauses(clauses),
            SettingKind::On { trigger, start } => self.scoped(setting.span.end, |walk| {
                let binder = match trigger {
                    Trigger::Schedule { .. } => None,
                    Trigger::Event { event, binder, .. } => {
                        walk.use_path(Group::Event, event);
                        binder.as_ref()
                    }
                    Trigger::Http { binder, .. } => binder.as_ref(),
                };
                if let Some(binder) = binder {
                    walk.variable(binder, Kind::Variable, binder.span.end);
                }
                if let Trigger::Event { condition: Some(condition), .. } = trigger {
                    walk.expr(condition);
                }
                walk.args(start);
            }),
        }
    }

    fn test(&mut self, stmt: &TestStmt) {
        match &stmt.kind {
            TestStmtKind::Run { workflow, args, .. } => {
                self.use_path(Group::Workflow, workflow);
                self.args(args);
            }
            TestStmtKind::Mock { operation, args, answers } => {
                self.use_operation(operation);
                self.args(args.as_deref().unwrap_or_default());
                for answer in answers {
                    match answer {
                        MockAnswer::Value(value) => self.expr(value),
                        MockAnswer::Fail { kind, fields, .. } => {
                            self.use_path(Group::Error, kind);
                            fields.iter().for_each(|fields| self.expr(fields));
                        }
                        MockAnswer::Hang(_) => {}
                    }
                }
            }
            TestStmtKind::At { when, what, .. } => {
                self.expr(when);
                match what {
                    Happening::Emit { event, fields, to } => {
                        self.use_path(Group::Event, event);
                        self.expr(fields);
                        to.iter().for_each(|to| self.expr(to));
                    }
                    Happening::Answer { fields, .. } => self.expr(fields),
                    Happening::Skip { result, .. } => self.expr(result),
                    Happening::Retry { .. } | Happening::Crash | Happening::Cancel => {}
                }
            }
            TestStmtKind::Expect(Expectation::Fails(kind)) => self.use_path(Group::Error, kind),
            TestStmtKind::Expect(Expectation::Holds(e)) => self.expr(e),
        }
    }

    pub(super) fn ty_of(&mut self, ty: Option<&Ty>) {
        ty.into_iter().for_each(|ty| self.ty(ty));
    }

    pub(super) fn ty(&mut self, ty: &Ty) {
        match &ty.kind {
            TyKind::Union(of) => of.iter().for_each(|ty| self.ty(ty)),
            TyKind::Optional(of) | TyKind::List(of) | TyKind::Map(of) | TyKind::Secret(of) => self.ty(of),
            TyKind::Record(fields) => fields.iter().for_each(|field| self.ty(&field.ty)),
            TyKind::Literal(_) => {}
            TyKind::Named(path) => self.use_path(Group::Type, path),
        }
    }
}
