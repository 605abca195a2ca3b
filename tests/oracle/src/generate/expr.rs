//! Expressions of a wanted type.

use super::{stmt::Writer, ty::Ty};

impl Writer<'_> {
    /// An expression of this type, at most so deep.
    pub(super) fn expr(&mut self, ty: &Ty, depth: u32) -> String {
        if depth == 0 || self.random.once_in(4) {
            return self.known(ty).unwrap_or_else(|| self.literal(ty));
        }
        match ty {
            Ty::Bool => self.truth(depth - 1),
            Ty::Int => self.int(depth - 1),
            Ty::Float => self.float(depth - 1),
            Ty::Text => self.text(depth - 1),
            Ty::Duration => self.duration(depth - 1),
            Ty::List(of) => self.list(of, depth - 1),
            Ty::Json => self.json(depth - 1),
            Ty::Opt(of) if self.random.once_in(2) => self.expr(of, depth - 1),
            _ => self.known(ty).unwrap_or_else(|| self.literal(ty)),
        }
    }

    /// A name, or a path from one, that has the type.
    fn known(&mut self, ty: &Ty) -> Option<String> {
        let mut found = Vec::new();
        for (name, known) in &self.scope {
            paths(name, known, ty, &mut found);
        }
        if found.is_empty() { None } else { Some(self.random.of(&found).clone()) }
    }

    fn literal(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Bool => if self.random.once_in(2) { "true" } else { "false" }.into(),
            Ty::Int => self
                .random
                .of(&["0", "1", "2", "3", "7", "-1", "100", "1_000", "9223372036854775807"])
                .to_string(),
            Ty::Float => self.random.of(&["0.0", "1.5", "-2.25", "100.0", "0.001", "1e10"]).to_string(),
            Ty::Text => self
                .random
                .of(&["\"\"", "\"a\"", "\"b/c\"", "\"é ü\"", "\"a b,c\"", "\"12\"", "\"%[x]\""])
                .to_string(),
            Ty::Duration => self.random.of(&["0ms", "250ms", "3s", "1h30m", "2d"]).to_string(),
            Ty::Json => self
                .random
                .of(&["null", "1", "\"x\"", "{ a: [1, 2.5], b: null }", "[true, \"y\"]"])
                .to_string(),
            Ty::List(of) => {
                let count = self.random.below(4);
                let items: Vec<_> = (0..count).map(|_| self.literal(of)).collect();
                // An empty list says nothing of its items.
                if items.is_empty() {
                    format!("[{}].slice(0, 0)", self.literal(of))
                } else {
                    format!("[{}]", items.join(", "))
                }
            }
            Ty::Opt(of) => self.literal(of),
            Ty::Record(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, ty)| format!("{name}: {}", self.literal(ty))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
        }
    }

    fn truth(&mut self, depth: u32) -> String {
        let ty = self.random.of(&[Ty::Int, Ty::Text, Ty::Float, Ty::Duration]).clone();
        match self.random.below(9) {
            0 => format!("!({})", self.expr(&Ty::Bool, depth)),
            1 => format!("({} && {})", self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth)),
            2 => format!("({} || {})", self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth)),
            3 => {
                let q = self.name("q");
                format!(
                    "({}).any({q} => {q} > {})",
                    self.expr(&Ty::list(Ty::Int), depth),
                    self.expr(&Ty::Int, depth)
                )
            }
            4 => format!("({}).contains({})", self.expr(&Ty::Text, depth), self.expr(&Ty::Text, depth)),
            5 => format!(
                "({}).contains({})",
                self.expr(&Ty::list(Ty::Text), depth),
                self.expr(&Ty::Text, depth)
            ),
            6 => format!("({}).starts_with({})", self.expr(&Ty::Text, depth), self.expr(&Ty::Text, depth)),
            _ => {
                let op = *self.random.of(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({} {op} {})", self.expr(&ty, depth), self.expr(&ty, depth))
            }
        }
    }

    fn int(&mut self, depth: u32) -> String {
        match self.random.below(12) {
            0..=2 => {
                let op = *self.random.of(&["+", "-", "*", "%"]);
                format!("({} {op} {})", self.expr(&Ty::Int, depth), self.expr(&Ty::Int, depth))
            }
            3 => format!("({}).div({})", self.expr(&Ty::Int, depth), self.expr(&Ty::Int, depth)),
            4 => format!("({}).len()", self.expr(&Ty::Text, depth)),
            5 => format!("({}).len()", self.expr(&Ty::list(Ty::Text), depth)),
            6 => format!("({}).sum()", self.expr(&Ty::list(Ty::Int), depth)),
            7 => format!(
                "(({}).first() ?? {})",
                self.expr(&Ty::list(Ty::Int), depth),
                self.expr(&Ty::Int, depth)
            ),
            8 => format!(
                "(({})[{}] ?? {})",
                self.expr(&Ty::list(Ty::Int), depth),
                self.expr(&Ty::Int, depth),
                self.literal(&Ty::Int)
            ),
            9 => format!("half({})", self.expr(&Ty::Int, depth)),
            10 => format!("(({}).to_int() ?? {})", self.expr(&Ty::Text, depth), self.literal(&Ty::Int)),
            _ => self.conditional(&Ty::Int, depth),
        }
    }

    fn float(&mut self, depth: u32) -> String {
        match self.random.below(5) {
            0 | 1 => {
                let op = *self.random.of(&["+", "-", "*", "/"]);
                format!("({} {op} {})", self.expr(&Ty::Float, depth), self.expr(&Ty::Float, depth))
            }
            2 => format!("({}).to_float()", self.expr(&Ty::Int, depth)),
            3 => format!("({}).abs()", self.expr(&Ty::Float, depth)),
            _ => self.conditional(&Ty::Float, depth),
        }
    }

    fn text(&mut self, depth: u32) -> String {
        match self.random.below(10) {
            0 | 1 => {
                let part = self.random.of(&[Ty::Int, Ty::Text, Ty::Bool, Ty::Duration, Ty::Json]).clone();
                format!("\"<${{{}}}|${{{}}}>\"", self.quoted(&part), self.quoted(&Ty::Text))
            }
            2 => format!("({} + {})", self.expr(&Ty::Text, depth), self.expr(&Ty::Text, depth)),
            3 => format!("({}).upper()", self.expr(&Ty::Text, depth)),
            4 => format!(
                "({}).slice({}, {})",
                self.expr(&Ty::Text, depth),
                self.expr(&Ty::Int, depth),
                self.expr(&Ty::Int, depth)
            ),
            5 => format!(
                "({}).replace({}, {})",
                self.expr(&Ty::Text, depth),
                self.literal(&Ty::Text),
                self.literal(&Ty::Text)
            ),
            6 => format!("({}).join(\"-\")", self.expr(&Ty::list(Ty::Text), depth)),
            7 => format!("short({})", self.expr(&Ty::Text, depth)),
            8 => format!("hash({})", self.expr(&Ty::Int, depth)),
            _ => self.conditional(&Ty::Text, depth),
        }
    }

    /// What may stand inside a text: no quotes.
    fn quoted(&mut self, ty: &Ty) -> String {
        let known = self.known(ty);
        known.filter(|text| !text.contains('"')).unwrap_or_else(|| "n".to_owned())
    }

    fn duration(&mut self, depth: u32) -> String {
        match self.random.below(3) {
            0 => format!("({} + {})", self.expr(&Ty::Duration, depth), self.expr(&Ty::Duration, depth)),
            1 => format!("({} * {})", self.expr(&Ty::Duration, depth), self.random.below(5)),
            _ => self.conditional(&Ty::Duration, depth),
        }
    }

    fn conditional(&mut self, ty: &Ty, depth: u32) -> String {
        let condition = self.condition();
        format!("({condition} ? {} : {})", self.expr(ty, depth), self.expr(ty, depth))
    }

    fn list(&mut self, of: &Ty, depth: u32) -> String {
        let own = Ty::list(of.clone());
        let q = self.name("q");
        match (self.random.below(8), of) {
            (0, _) => format!("[...{}, {}]", self.expr(&own, depth), self.expr(of, depth)),
            (1, _) => format!("({}).reverse()", self.expr(&own, depth)),
            (2, _) => format!(
                "({}).slice({}, {})",
                self.expr(&own, depth),
                self.expr(&Ty::Int, depth),
                self.expr(&Ty::Int, depth)
            ),
            (3, Ty::Int) => {
                format!("({}).map({q} => {q} + {})", self.expr(&own, depth), self.expr(&Ty::Int, depth))
            }
            (4, Ty::Int) => {
                format!("({}).filter({q} => {q} > {})", self.expr(&own, depth), self.expr(&Ty::Int, depth))
            }
            (3, Ty::Text) => {
                format!("({}).map({q} => {q} + {})", self.expr(&own, depth), self.expr(&Ty::Text, depth))
            }
            (4, Ty::Text) => format!(
                "({}).split({})",
                self.expr(&Ty::Text, depth),
                self.random.of(&["\",\"", "\" \"", "\"\""])
            ),
            (5, Ty::Int | Ty::Text) => format!("({}).sort_by({q} => {q})", self.expr(&own, depth)),
            (6, Ty::Int | Ty::Text) => format!("({}).unique()", self.expr(&own, depth)),
            _ => self.known(&own).unwrap_or_else(|| self.literal(&own)),
        }
    }

    fn json(&mut self, depth: u32) -> String {
        match self.random.below(4) {
            0 => {
                let (a, b) = (self.expr(&Ty::Int, depth), self.expr(&Ty::list(Ty::Text), depth));
                format!("{{ a: {a}, b: {b}, c: {} }}", self.expr(&Ty::Duration, depth))
            }
            1 => format!("[{}, {}]", self.expr(&Ty::Json, depth), self.expr(&Ty::Text, depth)),
            2 => self.expr(&Ty::Float, depth),
            _ => self.expr(&Ty::Text, depth),
        }
    }

    /// A condition that is not known before it runs.
    pub(super) fn condition(&mut self) -> String {
        let left = self.known(&Ty::Int).unwrap_or_else(|| "n".to_owned());
        let op = *self.random.of(&["<", ">", "==", ">="]);
        format!("{left} {op} {}", self.random.below(6))
    }
}

/// Paths from a value of type `known` to values of type `wanted`.
fn paths(path: &str, known: &Ty, wanted: &Ty, found: &mut Vec<String>) {
    if known == wanted {
        found.push(path.to_owned());
    }
    match (known, wanted) {
        (Ty::Record(fields), _) => {
            for (name, ty) in fields {
                paths(&format!("{path}.{name}"), ty, wanted, found);
            }
        }
        (Ty::Opt(of), Ty::Text) if **of == Ty::Text => found.push(format!("({path} ?? \"none\")")),
        (Ty::Opt(of), Ty::Int) if **of == Ty::Int => found.push(format!("({path} ?? 4)")),
        _ => {}
    }
}
