//! Tools whose operations something else describes: an OpenAPI document, a component, a list of an MCP server. What is written in the
//! file wins over what is read.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{PlainText, ToolDecl};

use super::{Decls, Tool};
use crate::check::report::Report;
use crate::check::typed;
use crate::ir::Attached;
use crate::load::{Described, description};

impl Decls<'_> {
    /// The operations that are written, and those that are read.
    pub(super) fn described_tool(
        &mut self,
        decl: &ToolDecl,
        described: &Described,
        report: &mut Report,
    ) -> Tool {
        let mut tool = self.tool(decl, true, report);
        let Some(from) = &decl.from else { return tool };
        let Some((scheme, path)) = description(&from.value) else {
            if !decl.listed {
                self.excused.insert(decl.name.text.clone());
                report.push(nothing_describes(decl, from));
            }
            return tool;
        };
        let read = match described.get(&(self.file, path.clone())) {
            Some(Ok(bytes)) => {
                tool.component = (scheme == "component").then(|| Attached::new(bytes));
                typed::read(scheme, &path, bytes)
            }
            Some(Err(why)) => Err(typed::Unread { place: String::new(), why: why.clone() }),
            None => Err(typed::Unread { place: String::new(), why: "it was not looked for".into() }),
        };
        match read {
            Ok(operations) => {
                for (name, operation) in operations {
                    let written = tool
                        .operations
                        .get(&name)
                        .map(|own| super::Operation { route: operation.route.clone(), ..own.clone() });
                    let operation = super::Operation { span: Some(from.span), ..operation };
                    tool.operations.insert(name, written.unwrap_or(operation));
                }
            }
            // What is written in the file is enough, if the description is only not there.
            Err(unread) if decl.listed && unread.place.is_empty() => {}
            Err(unread) => {
                self.excused.insert(decl.name.text.clone());
                report.push(unread_description(scheme, &path, from, &unread));
            }
        }
        tool
    }
}

fn nothing_describes(decl: &ToolDecl, from: &PlainText) -> Diagnostic {
    let text = format!("nothing says which operations `{}` has", decl.name.text);
    Diagnostic::error("E1011", from.span, text).help(format!(
        "list them behind it: `tool {} from {:?} {{ operation(name: string) -> json }}`",
        decl.name.text, from.value
    ))
}

fn unread_description(scheme: &str, path: &str, from: &PlainText, unread: &typed::Unread) -> Diagnostic {
    let place = if unread.place.is_empty() { String::new() } else { format!(", at `{}`", unread.place) };
    let text = format!("`{path}` does not describe a tool{place}: {}", unread.why);
    let found = Diagnostic::error("E1011", from.span, text);
    match scheme {
        "mcp" => found.help(format!(
            "`{path}` holds what the server answers to `tools/list`: save it with\n\
             `curl -s URL -H 'content-type: application/json' -H 'accept: application/json' -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}}' > {path}`,\n\
             or list the operations in braces"
        )),
        _ => found.help("mend the file, or list the operations that are used in braces: what is written here wins"),
    }
}
