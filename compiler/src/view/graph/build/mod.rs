//! From the syntax tree to a [`Plan`]. It works on the tree, not on what was checked, so a file that cannot be compiled yet has a
//! picture too; the journal keys follow the same rules as the checker's, and a test compares the two.

mod choice;
mod effect;
mod group;
mod side;
mod stmt;
mod words;

use cairn_dsl::Source;
use cairn_dsl::tree::{File, FlowDecl, Item, ItemKind, Setting, SettingKind, Span, Trigger, WorkflowDecl};

use super::plan::{Course, Kind, Node, Plan};
use words::{first_line, signature};

/// The plan of one workflow of a file.
pub(super) fn plan(source: &Source, file: &File, decl: &WorkflowDecl, doc: Option<&str>) -> Plan {
    let mut builder = Builder { source, file, prefix: String::new(), flows: Vec::new(), loops: Vec::new() };
    let mut course = Course::default();
    let about = about(file, doc).map(|doc| first_line(Some(doc))).unwrap_or_default();
    let start = Node::new(Kind::Start, decl.name.text.clone()).note(about).note(signature(&decl.params));
    course.push(Node { line: builder.line(decl.name.span), ..start }.part());
    builder.statements(&decl.body, &mut course);
    if !course.ends {
        course.end(Node::new(Kind::End, "done").part());
    }
    let triggers = decl.settings.iter().filter_map(|setting| builder.trigger(setting)).collect();
    Plan { triggers, parts: course.parts }
}

/// What a workflow is for: the words at the top of a file that holds no other, else its own.
fn about<'t>(file: &'t File, own: Option<&'t str>) -> Option<&'t str> {
    let first = file.items.first().and_then(|item| item.doc.as_deref());
    let alone = super::workflows(file).len() == 1;
    first.filter(|_| alone).or(own)
}

/// What is known on the way.
struct Builder<'t> {
    source: &'t Source,
    file: &'t File,
    /// Of keys: empty, or ending in `/`.
    prefix: String,
    /// The flows that are being drawn, from the outside to the inside.
    flows: Vec<String>,
    /// What `break` and `continue` speak of, from the outside to the inside.
    loops: Vec<String>,
}

/// What a statement says about its effect.
#[derive(Clone, Copy, Default)]
struct Site<'s> {
    /// The name that it is bound to.
    name: Option<&'s str>,
    /// Its doc comment.
    doc: Option<&'s str>,
}

impl<'t> Builder<'t> {
    fn line(&self, span: Span) -> u32 {
        self.source.position(span.start).0
    }

    fn key(&self, segment: &str) -> Option<String> {
        Some(format!("{}{segment}", self.prefix))
    }

    /// Does something in which keys begin with one more segment.
    fn inside<T>(&mut self, segment: &str, build: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.prefix.len();
        self.prefix.push_str(segment);
        self.prefix.push('/');
        let built = build(self);
        self.prefix.truncate(outside);
        built
    }

    fn flow(&self, name: &str) -> Option<(&'t FlowDecl, &'t Item)> {
        self.file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Flow(flow) if flow.name.text == name => Some((flow, item)),
            _ => None,
        })
    }

    /// The doc comment of an event. That of a file's first item speaks of the file.
    fn event_doc(&self, name: &str) -> Option<&'t str> {
        self.file.items.iter().skip(1).find_map(|item| match &item.kind {
            ItemKind::Event(event) if event.name.text == name => item.doc.as_deref(),
            _ => None,
        })
    }

    fn trigger(&self, setting: &Setting) -> Option<Node> {
        let SettingKind::On { trigger, .. } = &setting.kind else { return None };
        let node = match trigger {
            Trigger::Schedule { cron, zone, .. } => {
                Node::new(Kind::Trigger, format!("schedule {}", cron.value))
                    .note(zone.as_ref().map(|zone| zone.value.clone()).unwrap_or_default())
            }
            Trigger::Event { event, condition, .. } => {
                let only = condition.as_ref().map(|e| format!("where {}", self.short(e.span)));
                Node::new(Kind::Trigger, words::dotted(event)).note(only.unwrap_or_default())
            }
            Trigger::Http { route, .. } => Node::new(Kind::Trigger, format!("http {}", route.value)),
        };
        Some(Node { line: self.line(setting.span), ..node })
    }
}
