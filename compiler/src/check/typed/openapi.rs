//! OpenAPI 3.0 and 3.1: each method of each path is an operation, called by its `operationId` in the language's letters.

use serde_json::Value;

use super::schema::Schemas;
use super::{Operations, Unread, is_name, operation, param, snake};
use crate::check::decls::{Operation, Param};
use crate::ir::{BodyMeta, RouteMeta};
use crate::types::Type;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub(super) fn read(document: &Value) -> Result<Operations, Unread> {
    let version = document.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.")) {
        return Err(Unread::at("/openapi", "this is no OpenAPI document of version 3"));
    }
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or_else(|| Unread::at("/paths", "there are no paths"))?;
    let server = document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
    let schemas = Schemas { document };
    let mut operations: Operations = Vec::new();
    for (path, item) in paths {
        let item = schemas.resolved(item);
        for method in METHODS {
            let Some(written) = item.get(method) else { continue };
            let place = format!("/paths/{}/{method}", path.replace('~', "~0").replace('/', "~1"));
            let request = Request { schemas: &schemas, item, written, place: &place };
            let Some(found) = request.operation(method, path, server)? else { continue };
            let name = called(written, method, path);
            if operations.iter().any(|(known, _)| *known == name) {
                return Err(Unread::at(place, format!("two operations are called `{name}`")));
            }
            operations.push((name, found));
        }
    }
    Ok(operations)
}

fn called(written: &Value, method: &str, path: &str) -> String {
    let id = written.get("operationId").and_then(Value::as_str);
    let name = id.map_or_else(|| snake(&format!("{method}{path}")), snake);
    name.trim_matches('_').replace("__", "_")
}

/// One method of one path.
struct Request<'r, 'd> {
    schemas: &'r Schemas<'d>,
    item: &'d Value,
    written: &'d Value,
    place: &'r str,
}

impl<'d> Request<'_, 'd> {
    /// None where a parameter that has to be given cannot be written in the language.
    fn operation(&self, method: &str, path: &str, server: &str) -> Result<Option<Operation>, Unread> {
        let mut route = RouteMeta {
            server: server.to_owned(),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: BodyMeta::None,
        };
        let mut params: Vec<Param> = Vec::new();
        let lists = [self.item, self.written].map(|of| of.get("parameters").and_then(Value::as_array));
        for written in lists.into_iter().flatten().flatten() {
            let written = self.schemas.resolved(written);
            let text = |field: &str| written.get(field).and_then(Value::as_str).unwrap_or_default();
            let (name, place) = (text("name"), text("in"));
            let required = place == "path" || written.get("required") == Some(&Value::Bool(true));
            if !is_name(name) || !matches!(place, "path" | "query" | "header") {
                if required {
                    return Ok(None);
                }
                continue;
            }
            match place {
                "query" => route.query.push(name.to_owned()),
                "header" => route.headers.push(name.to_owned()),
                _ => {}
            }
            let ty = written.get("schema").map_or(Type::Text, |schema| self.schemas.ty(schema));
            params.retain(|known| known.name != name);
            params.push(param(name.to_owned(), ty, !required));
        }
        self.body(&mut params, &mut route);
        let mut found = operation(params, self.result()?);
        found.readonly = method == "get";
        found.idempotent = matches!(method, "put" | "delete");
        found.route = Some(route);
        Ok(Some(found))
    }

    /// The fields of an object are parameters of their own, unless one of them is a parameter already.
    fn body(&self, params: &mut Vec<Param>, route: &mut RouteMeta) {
        let Some(body) = self.written.get("requestBody") else { return };
        let body = self.schemas.resolved(body);
        let required = body.get("required") == Some(&Value::Bool(true));
        let Some(schema) = json_schema(body) else { return };
        match self.schemas.ty(schema) {
            Type::Record(fields)
                if required
                    && fields
                        .iter()
                        .all(|f| is_name(&f.name) && !params.iter().any(|p| p.name == f.name)) =>
            {
                route.body = BodyMeta::Rest;
                params.extend(super::params(fields));
            }
            ty => {
                route.body = BodyMeta::Argument;
                params.push(param("body".into(), ty, !required));
            }
        }
    }

    fn result(&self) -> Result<Type, Unread> {
        let answers = self.written.get("responses").and_then(Value::as_object);
        let answers = answers.ok_or_else(|| Unread::at(self.place, "it has no `responses`"))?;
        let good = answers.iter().find(|(status, _)| status.starts_with('2'));
        let Some((_, answer)) = good.or_else(|| answers.iter().find(|(status, _)| *status == "default"))
        else {
            return Ok(Type::Null);
        };
        let answer = self.schemas.resolved(answer);
        Ok(json_schema(answer).map_or(Type::Null, |schema| self.schemas.ty(schema)))
    }
}

fn json_schema(of: &Value) -> Option<&Value> {
    let content = of.get("content")?.as_object()?;
    let json =
        content.iter().find(|(media, _)| media.starts_with("application/json") || media.ends_with("+json"));
    json.and_then(|(_, media)| media.get("schema"))
}
