//! What the names in a file mean: where each is declared and where it is used. Made of the tree alone, so that it is there also
//! for a file that cannot be compiled; a name means one thing as long as it can be seen, so no types are needed for it.

mod expr;
mod item;
mod stmt;

use std::collections::BTreeMap;

use cairn_dsl::tree::{File, Name, Path, Span};

/// All names of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) uses: Vec<Use>,
}

/// Something that has a name.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its name where it is declared.
    pub(crate) span: Span,
    /// All of its declaration.
    pub(crate) whole: Span,
    pub(crate) doc: Option<String>,
    /// Of a variable: where it can be seen. Of the others: everywhere.
    pub(crate) seen: Span,
}

/// A place where a name is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) span: Span,
    /// Its place in the list of symbols.
    pub(crate) symbol: usize,
    /// `name` alone, which stands for `name: name`.
    pub(crate) short: bool,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Type,
    Const,
    Error,
    Event,
    Secret,
    Tool,
    Operation,
    Toolset,
    Function,
    Flow,
    Workflow,
    /// A parameter of a `fn`, `flow` or `workflow`.
    Parameter,
    /// A `let`, `var` or binder whose name is in no key.
    Variable,
    /// A `let` of something durable: its name is its key.
    Step,
    /// A loop or its item: its name begins the keys in it.
    Rounds,
    /// A branch of `parallel` or `race`: its name begins the keys in it, and is a field of the result.
    Branch,
    /// A field that a `let { … }` takes out of a record.
    Taken,
}

impl Kind {
    /// Its name is part of journal keys.
    pub(crate) fn is_in_keys(self) -> bool {
        matches!(self, Self::Step | Self::Rounds | Self::Branch | Self::Event | Self::Flow | Self::Workflow)
            || matches!(self, Self::Tool | Self::Operation)
    }

    /// It is declared at the top of a file.
    pub(crate) fn is_item(self) -> bool {
        !matches!(
            self,
            Self::Parameter | Self::Variable | Self::Step | Self::Rounds | Self::Branch | Self::Taken
        )
    }

    /// As people call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Const => "const",
            Self::Error => "error",
            Self::Event => "event",
            Self::Secret => "secret",
            Self::Tool => "tool",
            Self::Operation => "operation",
            Self::Toolset => "toolset",
            Self::Function => "fn",
            Self::Flow => "flow",
            Self::Workflow => "workflow",
            Self::Parameter => "parameter",
            Self::Variable | Self::Taken => "variable",
            Self::Step => "step",
            Self::Rounds => "loop",
            Self::Branch => "branch",
        }
    }
}

impl Names {
    /// All names of a tree.
    pub(crate) fn of(file: &File) -> Self {
        let mut walk = Walk::default();
        walk.declare_items(file);
        walk.items(file);
        walk.names
    }

    /// What stands at a byte: the place of the symbol, and the name itself.
    pub(crate) fn at(&self, byte: u32) -> Option<(usize, Span)> {
        let holds = |span: Span| span.start <= byte && byte <= span.end;
        let used = self.uses.iter().find(|one| holds(one.span)).map(|one| (one.symbol, one.span));
        let declared = || self.symbols.iter().position(|symbol| holds(symbol.span));
        used.or_else(|| declared().and_then(|at| Some((at, self.symbols.get(at)?.span))))
    }

    /// The symbol at a place in the list.
    pub(crate) fn get(&self, at: usize) -> Option<&Symbol> {
        self.symbols.get(at)
    }

    /// The variables that can be seen at a byte.
    pub(crate) fn visible(&self, byte: u32) -> impl Iterator<Item = &Symbol> {
        let seen = move |symbol: &&Symbol| symbol.seen.start <= byte && byte <= symbol.seen.end;
        self.symbols.iter().filter(|symbol| !symbol.kind.is_item()).filter(seen)
    }

    /// What is declared at the top of the file, of one kind.
    pub(crate) fn items(&self, kind: Kind) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter().filter(move |symbol| symbol.kind == kind)
    }
}

/// The way through a tree.
#[derive(Default)]
struct Walk {
    names: Names,
    /// Items by group and name; operations as `tool.operation`.
    items: BTreeMap<(Group, String), usize>,
    /// Variables that can be seen, newest last.
    scope: Vec<usize>,
    /// Where what is declared now can be seen no more.
    end: u32,
    /// The step whose undo was walked, and whose name was therefore met before its statement ended.
    early: Option<usize>,
}

/// Names of one group are told apart by their letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Type,
    Value,
    Error,
    Event,
    Tool,
    Function,
    Flow,
    Workflow,
}

impl Walk {
    fn item(&mut self, group: Group, name: &Name, kind: Kind, whole: Span, doc: Option<&str>) {
        let seen = Span { start: 0, end: u32::MAX };
        let at = self.add(name, kind, whole, doc, seen);
        self.items.entry((group, name.text.clone())).or_insert(at);
    }

    fn add(&mut self, name: &Name, kind: Kind, whole: Span, doc: Option<&str>, seen: Span) -> usize {
        let (text, span, doc) = (name.text.clone(), name.span, doc.map(str::to_owned));
        self.names.symbols.push(Symbol { name: text, kind, span, whole, doc, seen });
        self.names.symbols.len() - 1
    }

    /// A variable that can be seen from behind `from` to the end of the block.
    fn variable(&mut self, name: &Name, kind: Kind, from: u32) {
        let seen = Span { start: from, end: self.end };
        let at = self.add(name, kind, name.span, None, seen);
        self.scope.push(at);
    }

    /// Walks something in which variables may be declared that cannot be seen behind it.
    fn scoped(&mut self, end: u32, walk: impl FnOnce(&mut Self)) {
        let (outside, before) = (self.scope.len(), std::mem::replace(&mut self.end, end));
        walk(self);
        self.scope.truncate(outside);
        self.end = before;
    }

    fn use_item(&mut self, group: Group, name: &str, span: Span) -> bool {
        let found = self.items.get(&(group, name.to_owned())).copied();
        if let Some(symbol) = found {
            self.names.uses.push(Use { span, symbol, short: false });
        }
        found.is_some()
    }

    /// A variable, else a constant, secret or toolset.
    fn use_value(&mut self, name: &Name, short: bool) {
        let named = |at: &&usize| self.names.get(**at).is_some_and(|symbol| symbol.name == name.text);
        let variable = self.scope.iter().rev().find(named).copied();
        let symbol = variable.or_else(|| self.items.get(&(Group::Value, name.text.clone())).copied());
        if let Some(symbol) = symbol {
            self.names.uses.push(Use { span: name.span, symbol, short });
        }
    }

    /// `payments.charge`: the tool, and its operation.
    fn use_operation(&mut self, path: &Path) {
        let Some(tool) = path.parts.first() else { return };
        if !self.use_item(Group::Tool, &tool.text, tool.span) {
            self.use_value(tool, false);
        }
        if let Some(operation) = path.parts.get(1) {
            self.use_item(Group::Tool, &format!("{}.{}", tool.text, operation.text), operation.span);
        }
    }

    /// The whole path is the name, as of events.
    fn use_path(&mut self, group: Group, path: &Path) {
        let name = path.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".");
        self.use_item(group, &name, path.span);
    }
}

#[cfg(test)]
mod tests;
