//! `on schedule`, `on event`, `on http`: what starts a workflow by itself.

use cairn_cron::Cron;
use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Arg, Expr, Name, Path, PlainText, Span, Trigger};
use serde_json::Value;

use crate::check::body::Body;
use crate::check::decls::Param;
use crate::check::effect::event_name;
use crate::check::names::nearest;
use crate::ir::TriggerMeta;
use crate::types::{Field, Type};

/// What a start can take its arguments from.
pub(super) struct Came {
    /// How it is called, and what it is; nothing comes with a schedule.
    pub(super) data: Option<(String, Type)>,
}

impl Came {
    /// An example, for messages.
    pub(super) fn example(&self) -> String {
        match &self.data {
            Some((name, _)) => format!("`start (parameter: {name}.field)`"),
            None => "`start (parameter: \"text\", day: trigger.time.date(\"UTC\"))`".into(),
        }
    }

    /// What can stand there.
    pub(super) fn help(&self) -> String {
        let path = self.data.as_ref().map_or_else(String::new, |(name, _)| format!("fields of `{name}`, "));
        format!(
            "there can stand {path}literals, `trigger.time` and `trigger.time.date(\"Zone/Name\")`; work out the rest in the workflow"
        )
    }
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

impl Body<'_> {
    pub(super) fn trigger(
        &mut self,
        trigger: &Trigger,
        args: &[Arg],
        params: &[Param],
        span: Span,
    ) -> Option<TriggerMeta> {
        self.begin("on");
        match trigger {
            Trigger::Schedule { cron, zone, missed } => {
                let zone = self.schedule(cron, zone.as_ref());
                let start = self.start(args, params, &Came { data: None }, span);
                let missed = missed.as_ref().map_or("once", |word| &word.text).to_owned();
                Some(TriggerMeta::Schedule { cron: cron.value.clone(), zone, missed, start })
            }
            Trigger::Event { event, binder, condition } => {
                self.on_event((event, binder.as_ref(), condition.as_ref()), args, params, span)
            }
            Trigger::Http { route, binder } => {
                self.route(route);
                let name = binder.as_ref().map_or("request", |b| b.text.as_str()).to_owned();
                let came = Came { data: Some((name, request())) };
                let start = self.start(args, params, &came, span);
                Some(TriggerMeta::Http { route: route.value.clone(), start })
            }
        }
    }

    fn schedule(&mut self, cron: &PlainText, zone: Option<&PlainText>) -> String {
        if let Err(wrong) = Cron::read(&cron.value) {
            let found = Diagnostic::error("E0909", cron.span, wrong)
                .help("`\"30 2 * * MON-FRI\"` is half past two at night from Monday to Friday");
            self.report(found);
        }
        let Some(zone) = zone else { return "UTC".into() };
        self.zone(&zone.value, zone.span);
        zone.value.clone()
    }

    /// Whether there is such a time zone; reported where not.
    pub(in crate::check) fn zone(&mut self, name: &str, span: Span) -> bool {
        let db = jiff::tz::db();
        if db.get(name).is_ok() {
            return true;
        }
        let found = Diagnostic::error("E0911", span, format!("I know no time zone `{name}`"));
        let known: Vec<String> = db.available().map(|zone| zone.as_str().to_owned()).collect();
        let tail =
            |zone: &&String| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
        let near = known.iter().find(tail).map(String::as_str);
        let near = near.or_else(|| nearest(name, known.iter().map(String::as_str)));
        self.report(match near {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(span, format!("{near:?}")),
            None => found
                .help("zones have names of the tz database: \"UTC\", \"Europe/Paris\", \"America/New_York\""),
        });
        false
    }

    fn on_event(
        &mut self,
        (event, binder, condition): (&Path, Option<&Name>, Option<&Expr>),
        args: &[Arg],
        params: &[Param],
        span: Span,
    ) -> Option<TriggerMeta> {
        let name = event_name(event);
        let (wire, ty) = self.starting_event(&name, event)?;
        let condition = match condition {
            Some(e) => Some(self.trigger_condition(e, binder, &ty)?),
            None => None,
        };
        let called = binder.map_or("event", |b| b.text.as_str()).to_owned();
        let start = self.start(args, params, &Came { data: Some((called, ty)) }, span);
        Some(TriggerMeta::Event { event: wire, condition, start })
    }

    /// A declared event; or one with a dot in its name, which somebody else declares: of it nothing is known.
    fn starting_event(&mut self, name: &Name, path: &Path) -> Option<(String, Type)> {
        let decls = self.decls;
        if let Some(event) = decls.events.get(&name.text) {
            return Some((event.wire.clone(), Type::Record(event.fields.clone())));
        }
        let first = path.parts.first()?;
        let near = nearest(&name.text, decls.events.keys().map(String::as_str));
        if path.parts.len() > 1 && near.is_none() && !decls.prefixes.contains(&first.text) {
            return Some((name.text.clone(), Type::Json));
        }
        if !decls.excused.contains(&first.text) {
            self.report(decls.unknown_event(name));
        }
        None
    }

    fn trigger_condition(&mut self, e: &Expr, binder: Option<&Name>, event: &Type) -> Option<Value> {
        let predicate = self.predicate(e, binder, event)?;
        match self.decls.condition_data(&predicate) {
            Ok(data) => Some(data),
            Err(value) => {
                let text = "this is not known before the run: it is judged for every event that comes";
                let help = "compare with literals and constants; test the rest with `if` in the workflow";
                self.report(Diagnostic::error("E0906", value.span, text).help(help));
                None
            }
        }
    }

    /// `POST /orders`, or the path alone.
    fn route(&mut self, route: &PlainText) {
        let (method, path) = route.value.split_once(' ').unwrap_or(("POST", &route.value));
        let wrong = if !METHODS.contains(&method) {
            Some(format!("`{method}` is no method of HTTP that a workflow is started by"))
        } else if !path.starts_with('/') || path.contains(['?', '#', ' ']) {
            Some(format!("`{path}` is no path: it begins with `/` and has no query"))
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let found = Diagnostic::error("E0909", route.span, wrong).help("`on http \"POST /orders\" as r`");
            self.report(found);
        }
    }
}

/// A request as `start` sees it.
fn request() -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let texts = || Type::Map(Box::new(Type::Text));
    Type::Record(vec![
        field("method", Type::Text),
        field("path", Type::Text),
        field("headers", texts()),
        field("query", texts()),
        field("body", Type::Json),
    ])
}
