//! What a file declares.

use super::{Arg, Block, Clause, Expr, Name, Path, PlainText, Span, Stmt, TestDecl, Ty, Unclear};

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// In the order written. Items that could not be read are left out; their diagnostic is there.
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its doc comment, lines joined, `///` and one space taken away.
    pub doc: Option<String>,
    /// What is declared.
    pub kind: ItemKind,
    /// Without the doc comment.
    pub span: Span,
}

/// The kinds of declaration.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after the type that it holds")]
pub enum ItemKind {
    Use(UseDecl),
    Const(ConstDecl),
    Type(TypeDecl),
    Error(ErrorDecl),
    Event(EventDecl),
    Secret(SecretDecl),
    Tool(ToolDecl),
    Toolset(ToolsetDecl),
    Fn(FnDecl),
    Flow(FlowDecl),
    Workflow(WorkflowDecl),
    Test(TestDecl),
}

/// `use "std:http" as h`
#[derive(Clone, Debug, PartialEq)]
pub struct UseDecl {
    /// `std:…` or a file beside this one.
    pub from: PlainText,
    /// The name that it goes by here.
    pub alias: Option<Name>,
}

/// `const x: T = e`
#[derive(Clone, Debug, PartialEq)]
pub struct ConstDecl {
    /// What it is called.
    pub name: Name,
    /// Its type, where written.
    pub ty: Option<Ty>,
    /// Its value.
    pub value: Expr,
}

/// `type Order = { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// What it is called.
    pub name: Name,
    /// What it stands for.
    pub ty: Ty,
}

/// `error out_of_stock { sku: string }`
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorDecl {
    /// The kind.
    pub name: Name,
    /// A record type, where it has fields.
    pub fields: Option<Ty>,
}

/// `event order_cancelled { order_id: string }`
#[derive(Clone, Debug, PartialEq)]
pub struct EventDecl {
    /// What it is called.
    pub name: Name,
    /// A record type, where it has fields.
    pub fields: Option<Ty>,
}

/// `secret API_KEY`
#[derive(Clone, Debug, PartialEq)]
pub struct SecretDecl {
    /// What it is called.
    pub name: Name,
}

/// `tool payments from "http:https://pay.example" { … }`, or `tool pets from "openapi:pets.json"`
#[derive(Clone, Debug, PartialEq)]
pub struct ToolDecl {
    /// What it is called.
    pub name: Name,
    /// Where it is, as far as the author knows.
    pub from: Option<PlainText>,
    /// Its operations stand here, between braces; where not, what `from` names describes them.
    pub listed: bool,
    /// What it can do; empty where they are not listed.
    pub operations: Vec<ToolOp>,
}

/// `charge(cents: int) -> { id: string } fails card_declined(402) idempotent`
#[derive(Clone, Debug, PartialEq)]
pub struct ToolOp {
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is called.
    pub name: Name,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives.
    pub result: Ty,
    /// How it may fail beyond the built-in kinds.
    pub fails: Vec<FailKind>,
    /// `readonly`: it changes nothing.
    pub readonly: bool,
    /// `idempotent`: twice is as good as once.
    pub idempotent: bool,
    /// `unclear ask`: for calls that say nothing else.
    pub unclear: Option<(Unclear, Span)>,
    /// From its name to its end.
    pub span: Span,
}

/// A kind in a `fails` list; a tool's may name the HTTP status that means it: `card_declined(402)`.
#[derive(Clone, Debug, PartialEq)]
pub struct FailKind {
    /// The error.
    pub name: Name,
    /// The status in brackets.
    pub status: Option<(i64, Span)>,
}

/// `toolset safe = [search.query, files.read]`
#[derive(Clone, Debug, PartialEq)]
pub struct ToolsetDecl {
    /// What it is called.
    pub name: Name,
    /// Operations and other toolsets.
    pub members: Vec<Path>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is called.
    pub name: Name,
    /// `name?: T`: it may be left out.
    pub optional: bool,
    /// What it takes.
    pub ty: Ty,
    /// Its value where it is left out.
    pub default: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// `fn total(o: Order) -> int = …`
#[derive(Clone, Debug, PartialEq)]
pub struct FnDecl {
    /// What it is called.
    pub name: Name,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives.
    pub result: Ty,
    /// How.
    pub body: Expr,
}

/// `flow watch(…) fails unhealthy { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct FlowDecl {
    /// What it is called.
    pub name: Name,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives.
    pub result: Option<Ty>,
    /// The declared kinds that it lets out.
    pub fails: Vec<FailKind>,
    /// What it does.
    pub body: Block,
}

/// `workflow order(order: Order) -> Result fails card_declined { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowDecl {
    /// What it is called.
    pub name: Name,
    /// What it takes.
    pub params: Vec<Param>,
    /// What it gives; nothing where it is left out.
    pub result: Option<Ty>,
    /// The declared kinds that it lets out.
    pub fails: Vec<FailKind>,
    /// `version`, `key`, `limits` … in front of the statements.
    pub settings: Vec<Setting>,
    /// What it does.
    pub body: Vec<Stmt>,
    /// The braces and all between them.
    pub body_span: Span,
}

/// One setting at the head of a workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Which.
    pub kind: SettingKind,
    /// All of it.
    pub span: Span,
}

/// The settings there are.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingKind {
    /// `version 3`
    Version(i64),
    /// `key order.id else join`; the mode is one of queue, replace, reject, join.
    Key {
        /// What names the instance.
        value: Expr,
        /// What a second start of the same name means.
        mode: Option<Name>,
    },
    /// `limits { time: 30d }`: a record expression.
    Limits(Expr),
    /// `defaults timeout 30s retry { … }`
    Defaults(Vec<Clause>),
    /// `on schedule … start (…)`
    On {
        /// What starts it.
        trigger: Trigger,
        /// With which arguments.
        start: Vec<Arg>,
    },
}

/// What starts a workflow by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `schedule "0 2 * * *" zone "UTC"`
    Schedule {
        /// A cron expression.
        cron: PlainText,
        /// A zone of the tz database.
        zone: Option<PlainText>,
        /// `missed once`, `all` or `skip`.
        missed: Option<Name>,
    },
    /// `event shop.order_placed as e where …`
    Event {
        /// Which.
        event: Path,
        /// Its name in `where` and `start`.
        binder: Option<Name>,
        /// Which of them.
        condition: Option<Expr>,
    },
    /// `http "/orders" as r`
    Http {
        /// A path.
        route: PlainText,
        /// The request's name in `start`.
        binder: Option<Name>,
    },
}
