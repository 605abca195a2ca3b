//! Statements.

use std::fmt::Write;

use crate::Random;

use super::ty::Ty;

/// Writes a program.
pub(super) struct Writer<'r> {
    pub(super) random: &'r mut Random,
    /// Answers may be lost, and steps say what is done then.
    careful: bool,
    /// What can be read here, and its type.
    pub(super) scope: Vec<(String, Ty)>,
    /// What can be `set` here.
    vars: Vec<(String, Ty)>,
    out: String,
    indent: usize,
    names: u32,
    /// Statements left to write; each construct takes some.
    left: u32,
    /// In a branch that runs side by side with others.
    side_by_side: bool,
    /// How many blocks stand around.
    depth: u32,
}

impl<'r> Writer<'r> {
    pub(super) fn new(random: &'r mut Random, careful: bool) -> Self {
        let scope = vec![
            ("n".to_owned(), Ty::Int),
            ("xs".to_owned(), Ty::list(Ty::Int)),
            ("s".to_owned(), Ty::Text),
            ("flag".to_owned(), Ty::Bool),
            ("rec".to_owned(), Ty::rec()),
            ("opt".to_owned(), Ty::opt(Ty::Text)),
            ("d".to_owned(), Ty::Duration),
        ];
        let left = 4 + u32::try_from(random.below(20)).unwrap_or(0);
        let (vars, out) = (Vec::new(), String::new());
        Self { random, careful, scope, vars, out, indent: 1, names: 0, left, side_by_side: false, depth: 0 }
    }

    /// The body of a workflow.
    pub(super) fn workflow(&mut self) -> String {
        while self.left > 0 {
            self.stmt();
        }
        let values: Vec<String> = self.scope.iter().map(|(name, _)| name.clone()).collect();
        self.line(&format!("return {{ {} }}", values.join(", ")));
        std::mem::take(&mut self.out)
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{}{text}", "  ".repeat(self.indent)).expect("a String takes everything");
    }

    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn knows(&mut self, name: &str, ty: Ty) {
        self.scope.push((name.to_owned(), ty));
    }

    fn stmt(&mut self) {
        self.left = self.left.saturating_sub(1);
        let choice = if self.depth > 3 { self.random.below(9) } else { self.random.below(22) };
        match choice {
            0 | 1 => self.pure(),
            2..=5 => self.call(),
            6 => self.var(),
            7 => self.set(),
            8 => self.say(),
            9..=11 => self.if_(),
            12 => self.match_(),
            13 => self.each(),
            14 => self.counted(),
            15 | 16 => self.try_(),
            17 if !self.side_by_side => self.wait(),
            18 => self.leave(),
            19 => self.parallel(),
            20 => self.parallel_each(),
            _ => self.pause(),
        }
    }

    fn some_type(&mut self) -> Ty {
        let types = [
            Ty::Int,
            Ty::Int,
            Ty::Text,
            Ty::Bool,
            Ty::Float,
            Ty::Duration,
            Ty::Json,
            Ty::list(Ty::Int),
            Ty::list(Ty::Text),
            Ty::opt(Ty::Text),
        ];
        self.random.of(&types).clone()
    }

    fn pure(&mut self) {
        let ty = self.some_type();
        let (name, value) = (self.name("v"), self.expr(&ty, 3));
        self.line(&format!("let {name}: {} = {value}", ty.text()));
        self.knows(&name, ty);
    }

    fn var(&mut self) {
        let ty = self.some_type();
        let (name, value) = (self.name("m"), self.expr(&ty, 2));
        self.line(&format!("var {name}: {} = {value}", ty.text()));
        self.vars.push((name.clone(), ty.clone()));
        self.knows(&name, ty);
    }

    fn set(&mut self) {
        if self.vars.is_empty() {
            return self.var();
        }
        let (name, ty) = self.random.of(&self.vars).clone();
        let value = self.expr(&ty, 2);
        self.line(&format!("set {name} = {value}"));
    }

    fn say(&mut self) {
        let value = self.expr(&Ty::Int, 1);
        self.line(&format!("log \"at\" {{ n: {value} }}"));
    }

    fn pause(&mut self) {
        let value = self.expr(&Ty::Duration, 1);
        // Keys of sleeps are names too: one a path.
        let name = self.name("z");
        self.line(&format!("loop {name} max 1 {{ sleep {value} }}"));
    }

    fn call(&mut self) {
        let name = self.name("c");
        let (text, ty) = match self.random.below(5) {
            0 => (format!("t.num(a: {}, b: {})", self.expr(&Ty::Int, 2), self.expr(&Ty::Int, 1)), Ty::Int),
            1 => (format!("t.text(s: {})", self.expr(&Ty::Text, 2)), Ty::Text),
            2 => (format!("t.rec(x: {})", self.expr(&Ty::Int, 2)), Ty::answer()),
            3 if self.careful => {
                (format!("t.lost(n: {})", self.expr(&Ty::Int, 2)), Ty::Record(vec![("ok", Ty::Bool)]))
            }
            _ => (format!("t.flaky(n: {})", self.expr(&Ty::Int, 2)), Ty::Record(vec![("ok", Ty::Bool)])),
        };
        let retry = match self.random.below(4) {
            0 => " retry { attempts: 3, delay: 1s }",
            1 => " retry { attempts: 2, delay: 5ms, on: [declined, network] }",
            2 => " retry none",
            _ => "",
        };
        let unclear = self.unclear(&text);
        let undo = if self.random.once_in(3) {
            let back = if self.careful { " unclear ask" } else { "" };
            format!(" undo call t.back(id: {}){back}", self.expr(&Ty::Text, 1))
        } else {
            String::new()
        };
        self.line(&format!("let {name} = call {text}{retry}{unclear}{undo}"));
        self.knows(&name, ty);
    }

    /// What is done where an answer is lost; nobody is there to be asked, so only of steps that always have one.
    fn unclear(&mut self, call: &str) -> &'static str {
        if !self.careful {
            return "";
        }
        let lost = call.starts_with("t.lost");
        match self.random.below(4) {
            0 => " unclear retry",
            1 => " unclear fail",
            2 if !lost => " unclear ask",
            _ => "",
        }
    }

    /// A block of statements, whose names are forgotten behind it. `end` is written as its last line.
    fn block(&mut self, most: u64, end: impl FnOnce(&mut Self) -> Option<String>) {
        let (scope, vars) = (self.scope.len(), self.vars.len());
        self.indent += 1;
        self.depth += 1;
        for _ in 0..self.random.below(most + 1) {
            self.stmt();
        }
        if let Some(end) = end(self) {
            self.line(&end);
        }
        self.depth -= 1;
        self.indent -= 1;
        self.scope.truncate(scope);
        self.vars.truncate(vars);
    }

    fn if_(&mut self) {
        let condition = self.condition();
        self.line(&format!("if {condition} {{"));
        self.block(3, |_| None);
        if self.random.once_in(2) {
            self.line("} else {");
            self.block(2, |_| None);
        }
        self.line("}");
    }

    fn match_(&mut self) {
        let (name, value) = (self.name("k"), self.expr(&Ty::Int, 1));
        let result = self.name("w");
        self.line(&format!("let {name} = {value}"));
        self.line(&format!("let {result} = match {name} {{"));
        self.indent += 1;
        for pattern in ["0 | 1", "7", "_"] {
            self.line(&format!("{pattern} => {{"));
            self.block(2, |writer| Some(format!("yield {}", writer.expr(&Ty::Text, 2))));
            self.line("}");
        }
        self.indent -= 1;
        self.line("}");
        self.knows(&name, Ty::Int);
        self.knows(&result, Ty::Text);
    }

    fn each(&mut self) {
        let (result, item) = (self.name("f"), self.name("i"));
        let list = self.expr(&Ty::list(Ty::Int), 1);
        let key = if self.random.once_in(3) { format!(" key {item}") } else { String::new() };
        self.line(&format!("let {result} = for {item} in ({list}).slice(0, 4){key} {{"));
        self.scope.push((item.clone(), Ty::Int));
        self.block(3, |writer| Some(format!("yield {}", writer.expr(&Ty::Int, 2))));
        self.scope.pop();
        self.line("}");
        self.knows(&result, Ty::list(Ty::Int));
    }

    fn counted(&mut self) {
        let (result, round) = (self.name("l"), self.name("r"));
        let max = 1 + self.random.below(3);
        self.line(&format!("let {result} = loop {round} max {max} {{"));
        self.scope.push((round, Ty::Int));
        self.block(2, |writer| {
            let condition = writer.condition();
            Some(format!("if {condition} {{ break {} }}", writer.expr(&Ty::Text, 1)))
        });
        self.scope.pop();
        self.line("}");
        self.knows(&result, Ty::opt(Ty::Text));
    }

    fn try_(&mut self) {
        let (name, caught) = (self.name("y"), self.name("e"));
        self.line(&format!("var {name}: string = \"tried\""));
        self.line("try {");
        self.block(4, |_| None);
        let kinds = *self.random.of(&[
            "any",
            "declined",
            "declined, gone",
            "overflow, arithmetic",
            "timeout, network",
            "missing",
        ]);
        let kinds = if self.careful && self.random.once_in(3) { "unclear, network" } else { kinds };
        self.line(&format!("}} catch {kinds} as {caught} {{"));
        self.block(1, |_| Some(format!("set {name} = \"caught ${{{caught}.kind}}\"")));
        self.line("}");
        self.knows(&name, Ty::Text);
    }

    fn wait(&mut self) {
        let (name, seen) = (self.name("q"), self.name("p"));
        self.line(&format!("var {name}: int = 0"));
        let round = self.name("r");
        // A name of its own for the wait's key.
        self.line(&format!("loop {round} max 1 {{ wait {{"));
        self.indent += 1;
        let wanted = self.expr(&Ty::Int, 1);
        self.line(&format!("ping(n: {wanted}) as {seen} => {{"));
        self.block(1, |_| Some(format!("set {name} = {seen}.text.len()")));
        self.line("}");
        let after = self.expr(&Ty::Duration, 1);
        self.line(&format!("after {after} => {{"));
        self.block(1, |_| Some(format!("set {name} = -1")));
        self.line("}");
        self.indent -= 1;
        self.line("} }");
        self.knows(&name, Ty::Int);
    }

    fn leave(&mut self) {
        let condition = self.condition();
        let what = match self.random.below(4) {
            0 if !self.side_by_side => format!("return {{ early: {} }}", self.expr(&Ty::Int, 1)),
            1 => format!(
                "fail declined {{ code: {}, n: {} }}",
                self.expr(&Ty::Text, 1),
                self.expr(&Ty::Int, 1)
            ),
            2 => "fail gone".to_owned(),
            _ => format!("fail missing {{ message: {} }}", self.expr(&Ty::Text, 1)),
        };
        self.line(&format!("if {condition} {{ {what} }}"));
    }

    /// Without variables of the outside: they cannot be changed side by side.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) {
        let vars = std::mem::take(&mut self.vars);
        let before = std::mem::replace(&mut self.side_by_side, true);
        write(self);
        self.side_by_side = before;
        self.vars = vars;
    }

    fn parallel(&mut self) {
        let name = self.name("b");
        let settle = self.random.once_in(2);
        let max = if self.random.once_in(3) { " max 2" } else { "" };
        self.line(&format!("let {name} = parallel{max}{} {{", if settle { " settle" } else { "" }));
        self.indent += 1;
        self.apart(|writer| {
            for branch in ["one", "two"] {
                writer.line(&format!("{branch} {{"));
                writer.block(3, |writer| Some(format!("yield {}", writer.expr(&Ty::Int, 2))));
                writer.line("}");
            }
            let text = writer.expr(&Ty::Text, 2);
            writer.line(&format!("three: call t.text(s: {text})"));
        });
        self.indent -= 1;
        self.line("}");
        if settle {
            let value = self.name("v");
            self.line(&format!("let {value} = {name}.one.value ?? {name}.two.value ?? 0"));
            self.knows(&value, Ty::Int);
            self.scope.push((name, Ty::Record(Vec::new())));
        } else {
            self.knows(&name, Ty::Record(vec![("one", Ty::Int), ("two", Ty::Int), ("three", Ty::Text)]));
        }
    }

    fn parallel_each(&mut self) {
        let (name, item) = (self.name("g"), self.name("j"));
        let list = self.expr(&Ty::list(Ty::Int), 1);
        let settle = self.random.once_in(2);
        let max = if self.random.once_in(2) { " max 2" } else { "" };
        let mode = if settle { " settle" } else { "" };
        self.line(&format!("let {name} = for {item} in ({list}).slice(0, 4) parallel{max}{mode} {{"));
        self.scope.push((item, Ty::Int));
        self.apart(|writer| writer.block(3, |writer| Some(format!("yield {}", writer.expr(&Ty::Int, 2)))));
        self.scope.pop();
        self.line("}");
        if settle {
            let good = self.name("v");
            self.line(&format!("let {good} = {name}.filter(q => q.error == null).map(q => q.value ?? 0)"));
            self.knows(&good, Ty::list(Ty::Int));
            self.scope.push((name, Ty::Record(Vec::new())));
        } else {
            self.knows(&name, Ty::list(Ty::Int));
        }
    }
}
