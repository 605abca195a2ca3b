//! `start (order: e.order, day: trigger.time.date("UTC"))`: the arguments of a run that is started by itself. The host puts them together, so
//! they are paths into what came, literals, and the moment.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Arg, Expr, ExprKind, FnArg, Name, Span};

use super::key::escaped;
use super::triggers::Came;
use crate::check::body::Body;
use crate::check::decls::Param;
use crate::check::effect::field_path;
use crate::check::fit::Slot;
use crate::check::names::{a_type, listed, nearest, short};
use crate::check::relate::{field, overlap, without_null};
use crate::ir::{StartMeta, StartValue};
use crate::types::{Lit, Type};

impl Body<'_> {
    pub(super) fn start(&mut self, args: &[Arg], params: &[Param], came: &Came, at: Span) -> Vec<StartMeta> {
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        let mut all = Vec::new();
        for arg in args {
            let (name, value) = match arg {
                Arg::Named { name, value } => (name, value),
                Arg::Spread(e, _) => {
                    let found =
                        Diagnostic::error("E0910", e.span, "the arguments of a start are named one by one")
                            .help(came.example());
                    self.report(found);
                    return Vec::new();
                }
            };
            if let Some(before) = places.insert(&name.text, name.span) {
                let found = Diagnostic::error("E0202", name.span, format!("`{}` is given twice", name.text));
                self.report(found.also(before, "the first").help("delete one of them"));
                continue;
            }
            let Some(param) = params.iter().find(|p| p.name == name.text) else {
                self.no_parameter(name, params);
                continue;
            };
            if let Some(from) = self.start_value(value, param, came) {
                all.push(StartMeta { name: name.text.clone(), from });
            }
        }
        self.all_given(&places, params, at, came);
        all
    }

    fn no_parameter(&mut self, name: &Name, params: &[Param]) {
        let text = format!("this workflow has no parameter `{}`", name.text);
        let found = Diagnostic::error("E1001", name.span, text);
        let found = match nearest(&name.text, params.iter().map(|p| p.name.as_str())) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
            None => {
                let known: Vec<String> = params.iter().map(|p| format!("`{}`", p.name)).collect();
                found.help(format!("it has {}", listed(&known)))
            }
        };
        self.report(found);
    }

    fn all_given(&mut self, given: &BTreeMap<&str, Span>, params: &[Param], at: Span, came: &Came) {
        let missing: Vec<String> = params
            .iter()
            .filter(|p| !p.may_be_missing() && !given.contains_key(p.name.as_str()))
            .map(|p| format!("`{}: {}`", p.name, short(&p.ty)))
            .collect();
        if missing.is_empty() {
            return;
        }
        let text = format!("a run that is started by this also wants {}", listed(&missing));
        self.report(Diagnostic::error("E0910", at, text).help(came.example()));
    }

    fn start_value(&mut self, value: &Expr, param: &Param, came: &Came) -> Option<StartValue> {
        if is_trigger_time(value) {
            self.fits_start(&Type::Time, value, param);
            return Some(StartValue::Time);
        }
        if let Some(zone) = self.trigger_date(value) {
            self.fits_start(&Type::Text, value, param);
            return Some(StartValue::Date(zone?));
        }
        if let Some((binder, ty)) = &came.data
            && let Some(path) = field_path(value, binder)
        {
            let ty = self.came_type(value, ty)?;
            self.fits_start(&ty, value, param);
            let pointer: String = path.iter().map(|name| format!("/{}", escaped(name))).collect();
            return Some(StartValue::Data(pointer));
        }
        if let Some(data) = self.decls.data(value) {
            let slot = Slot::Argument { param: param.name.clone(), of: "start".into(), declared: param.span };
            self.expr_to(value, &param.room(), &slot);
            return Some(StartValue::Value(data));
        }
        let text = "this cannot be worked out when the run is started: the code does not run yet";
        self.report(Diagnostic::error("E0910", value.span, text).help(came.help()));
        None
    }

    /// What came is checked when the run is started; here only what can never fit.
    fn fits_start(&mut self, ty: &Type, value: &Expr, param: &Param) {
        let got = without_null(ty);
        if got == Type::Json || param.ty == Type::Json || overlap(&got, &without_null(&param.ty)) {
            return;
        }
        let text =
            format!("`{}` is {}, but is started with {} here", param.name, a_type(&param.ty), a_type(&got));
        let found = Diagnostic::error("E0302", value.span, text).label(short(&got));
        let found = if let Some(at) = param.span { found.also(at, "declared here") } else { found };
        self.report(found);
    }

    /// The type of a path into what came; reported where there is no such field.
    fn came_type(&mut self, e: &Expr, whole: &Type) -> Option<Type> {
        let (ExprKind::Field { of, name } | ExprKind::OptField { of, name }) = &e.kind else {
            return Some(whole.clone());
        };
        let outer = without_null(&self.came_type(of, whole)?);
        if let Some(ty) = field(&outer, &name.text) {
            return Some(ty);
        }
        let text = format!("{} has no field `{}`", a_type(&outer), name.text);
        let found = Diagnostic::error("E0204", name.span, text);
        let known: Vec<String> = match &outer {
            Type::Record(fields) => fields.iter().map(|f| f.name.clone()).collect(),
            _ => Vec::new(),
        };
        let found = match nearest(&name.text, known.iter().map(String::as_str)) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
            None if known.is_empty() => found,
            None => found.help(format!("it has {}", listed(&known))),
        };
        self.report(found);
        None
    }

    /// `trigger.time.date("UTC")`: the zone, or nothing where it is none (reported).
    fn trigger_date(&mut self, e: &Expr) -> Option<Option<String>> {
        let ExprKind::Method { of, name, args } = &e.kind else { return None };
        if name.text != "date" || !is_trigger_time(of) {
            return None;
        }
        let [FnArg::Expr(zone)] = args.as_slice() else {
            let found = Diagnostic::error("E0314", e.span, "`date` takes the zone whose day is meant")
                .help("`trigger.time.date(\"Europe/Paris\")`");
            self.report(found);
            return Some(None);
        };
        let Some(Type::Lit(Lit::Text(text))) = self.decls.literal(zone) else {
            let found =
                Diagnostic::error("E0910", zone.span, "the zone is not known when the run is started")
                    .help("write it as a literal: `trigger.time.date(\"Europe/Paris\")`");
            self.report(found);
            return Some(None);
        };
        Some(self.zone(&text, zone.span).then_some(text))
    }
}

fn is_trigger_time(e: &Expr) -> bool {
    let ExprKind::Field { of, name } = &e.kind else { return false };
    name.text == "time" && matches!(&of.kind, ExprKind::Name(root) if root.text == "trigger")
}
