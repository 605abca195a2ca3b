//! A page about the workflows of a file, for people who start them, send to them and watch them.

use std::fmt::Write;

use cairn_dsl::Source;
use cairn_dsl::tree::{File, Item, ItemKind, Param, SettingKind, Span, Ty, TyKind, WorkflowDecl};

use super::graph::{Graph, Painting};

/// Markdown: of each workflow what it is for, what it takes and gives, how it fails, and its picture; then events, tools and types
/// of the file. Made of the tree, so also for a file that cannot be compiled.
#[must_use]
pub fn doc(source: &Source, file: &File) -> String {
    let page = Page { source, file };
    let mut out = String::new();
    let title = source.part(0).name.rsplit(['/', '\\']).next().unwrap_or_default();
    let _ = writeln!(out, "# {title}");
    let first = file.items.first().filter(|item| !matches!(item.kind, ItemKind::Workflow(_)));
    if let Some(doc) = first.and_then(|item| item.doc.as_deref()) {
        let _ = writeln!(out, "\n{doc}");
    }
    for item in &file.items {
        if let ItemKind::Workflow(decl) = &item.kind {
            page.workflow(decl, item, &mut out);
        }
    }
    page.events(&mut out);
    page.failures(&mut out);
    page.tools(&mut out);
    page.types(&mut out);
    out
}

struct Page<'p> {
    source: &'p Source,
    file: &'p File,
}

impl Page<'_> {
    fn text(&self, span: Span) -> String {
        let text = self.source.text.get(span.range()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn workflow(&self, decl: &WorkflowDecl, item: &Item, out: &mut String) {
        let _ = writeln!(out, "\n## `{}`", decl.name.text);
        if let Some(doc) = &item.doc {
            let _ = writeln!(out, "\n{doc}");
        }
        for setting in &decl.settings {
            if !matches!(setting.kind, SettingKind::Defaults(_)) {
                let _ = writeln!(out, "\n- `{}`", self.text(setting.span));
            }
        }
        self.input(&decl.params, out);
        let result = decl.result.as_ref().map_or_else(|| "null".to_owned(), |ty| self.text(ty.span));
        let _ = writeln!(out, "\n**Result:** `{result}`");
        if !decl.fails.is_empty() {
            let kinds: Vec<_> = decl.fails.iter().map(|kind| format!("`{}`", kind.name.text)).collect();
            let _ = writeln!(out, "\n**Fails with:** {}", kinds.join(", "));
        }
        if let Some(graph) = Graph::of(self.source, self.file, &decl.name.text) {
            let _ = writeln!(out, "\n### Picture\n\n```mermaid\n{}```", graph.mermaid(&Painting::default()));
            keys(&graph, out);
        }
    }

    fn input(&self, params: &[Param], out: &mut String) {
        if params.is_empty() {
            out.push_str("\n**Input:** none\n");
            return;
        }
        out.push_str("\n| input | type | | |\n|---|---|---|---|\n");
        for param in params {
            let need = match &param.default {
                Some(default) => format!("`{}` if left out", self.text(default.span)),
                None if param.optional => "may be left out".to_owned(),
                None => "needed".to_owned(),
            };
            let doc = param.doc.as_deref().unwrap_or_default();
            row(
                out,
                &[&format!("`{}`", param.name.text), &format!("`{}`", self.text(param.ty.span)), &need, doc],
            );
        }
    }

    fn events(&self, out: &mut String) {
        let events = self.file.items.iter().enumerate().filter_map(|(n, item)| match &item.kind {
            // The words above the first item are about the file.
            ItemKind::Event(decl) => {
                Some((&decl.name.text, decl.fields.as_ref(), item.doc.as_ref().filter(|_| n > 0)))
            }
            _ => None,
        });
        self.table("Events", "event", events, out);
    }

    fn failures(&self, out: &mut String) {
        let errors = self.file.items.iter().enumerate().filter_map(|(n, item)| match &item.kind {
            ItemKind::Error(decl) => {
                Some((&decl.name.text, decl.fields.as_ref(), item.doc.as_ref().filter(|_| n > 0)))
            }
            _ => None,
        });
        self.table("Failures", "kind", errors, out);
    }

    fn table<'t>(
        &self,
        heading: &str,
        name: &str,
        rows: impl Iterator<Item = (&'t String, Option<&'t Ty>, Option<&'t String>)>,
        out: &mut String,
    ) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        let _ = writeln!(out, "\n## {heading}\n\n| {name} | fields | |\n|---|---|---|");
        for (name, fields, doc) in rows {
            let fields = fields.map(|ty| self.fields(ty)).unwrap_or_default();
            row(out, &[&format!("`{name}`"), &fields, doc.map_or("", String::as_str)]);
        }
    }

    fn fields(&self, ty: &Ty) -> String {
        let TyKind::Record(fields) = &ty.kind else { return format!("`{}`", self.text(ty.span)) };
        let mark = |optional: bool| if optional { "?" } else { "" };
        let fields =
            fields.iter().map(|f| format!("`{}{}: {}`", f.name.text, mark(f.optional), self.text(f.ty.span)));
        fields.collect::<Vec<_>>().join(", ")
    }

    fn tools(&self, out: &mut String) {
        let mut headed = false;
        for item in &self.file.items {
            let ItemKind::Tool(tool) = &item.kind else { continue };
            if !headed {
                out.push_str("\n## Tools\n");
                headed = true;
            }
            let from = tool.from.as_ref().map(|from| format!(" from `{}`", from.value)).unwrap_or_default();
            let _ = writeln!(out, "\n**`{}`**{from}\n", tool.name.text);
            for operation in &tool.operations {
                let doc = operation.doc.as_ref().map(|doc| format!(": {}", doc.replace('\n', " ")));
                let _ = writeln!(out, "- `{}`{}", self.text(operation.span), doc.unwrap_or_default());
            }
        }
    }

    fn types(&self, out: &mut String) {
        let types = self.file.items.iter().filter(|item| matches!(item.kind, ItemKind::Type(_)));
        let written: Vec<&str> = types.filter_map(|item| self.source.text.get(item.span.range())).collect();
        if !written.is_empty() {
            let _ = writeln!(out, "\n## Types\n\n```cairn\n{}\n```", written.join("\n"));
        }
    }
}

fn keys(graph: &Graph, out: &mut String) {
    let rows = graph.rows();
    if rows.is_empty() {
        return;
    }
    out.push_str("\n### Journal keys\n\n| key | what | line |\n|---|---|---|\n");
    for (key, what, line) in rows {
        row(out, &[&format!("`{key}`"), what, &line.to_string()]);
    }
}

fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_one_has_to_know() {
        let text = "/// About the file.\ntype A = { n: int }\n/// It comes.\nevent go { id: string, why?: \"a\" | \"b\" }\nerror bad { n: int }\n\
                    tool t from \"http:https://t.example\" { /// Does it.\n a(n: int) -> A }\n/// Does all.\n\
                    workflow w(n: int, m: int = 2) -> A fails bad { version 3 let x = call t.a(n) wait go(id: \"1\") return x }";
        let source = Source::new("some/w.cairn", text);
        let page = doc(&source, &cairn_dsl::parse(text).file);
        for wanted in [
            "# w.cairn\n\nAbout the file.\n",
            "## `w`\n\nDoes all.\n\n- `version 3`\n",
            "| `n` | `int` | needed |  |\n| `m` | `int` | `2` if left out |  |\n",
            "**Result:** `A`\n\n**Fails with:** `bad`\n",
            "| `x` | t.a | 9 |\n| `go` | It comes | 9 |\n",
            "| `go` | `id: string`, `why?: \"a\" \\| \"b\"` | It comes. |\n",
            "**`t`** from `http:https://t.example`\n\n- `a(n: int) -> A`: Does it.\n",
            "```cairn\ntype A = { n: int }\n```",
        ] {
            assert!(page.contains(wanted), "{wanted}\n--- is not in\n{page}");
        }
    }
}
