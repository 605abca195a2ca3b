//! What a workflow may do, as it is said on the command line.

use std::path::Path;

use cairn_host::{
    Error, Host, Mistake, missing,
    tool::{Allow, Grant, resolve},
};
use clap::Args;

use crate::{
    code::{Code, bytes},
    global::Global,
    problem::{Outcome, mistake},
    screen::with_flags,
};

/// What it may do.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Allowed {
    /// Allow it something: http=https://host:port or exec=program
    #[arg(long, value_name = "GRANT")]
    allow: Vec<Allow>,

    /// Bind a tool of the code to something: payments=http:https://pay.example, render=component:render.wasm or
    /// render=component:oci://HOST/NAME@sha256:…
    #[arg(long, value_name = "NAME=TARGET", value_parser = bind)]
    bind: Vec<(String, String)>,

    /// Say where a secret of the code is: API_KEY=env:PAY_KEY or API_KEY=file:/run/secrets/pay
    #[arg(long, value_name = "NAME=PLACE", value_parser = secret)]
    secret: Vec<String>,
}

/// What it may do, with what has to be kept for that.
pub(crate) struct Allowance {
    pub(crate) grant: Grant,
    /// Components that tools are bound to.
    pub(crate) tools: Vec<Vec<u8>>,
}

impl Allowed {
    /// Nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        self.allow.is_empty() && self.bind.is_empty() && self.secret.is_empty()
    }

    /// What the code needs is granted: that is known before anything is opened or kept.
    ///
    /// # Errors
    ///
    /// A mistake: a binding leads nowhere, or something is missing.
    pub(crate) async fn grant(&self, code: &Code, command: &str, global: &Global) -> Outcome<Allowance> {
        let mut allow = self.allow.clone();
        allow.sort();
        allow.dedup();
        let mut grant = Grant { allow, bind: self.bind.iter().cloned().collect(), ..Grant::default() };
        for secret in &self.secret {
            // Read once before, when the command line was.
            let _ = grant.secret(secret);
        }
        let mut tools = Vec::new();
        for (name, target) in &self.bind {
            match target.strip_prefix("component:") {
                // One that is kept already.
                Some(digest) if digest.starts_with("sha256:") => {}
                Some(path) => {
                    let (bytes, digest) = tool(name, path, global).await?;
                    grant.bind.insert(name.clone(), format!("component:{digest}"));
                    tools.push(bytes);
                }
                None => {
                    resolve(name, None, &grant)
                        .map_err(|wrong| mistake(wrong.message, format!("see `cairn {command} --help`")))?;
                }
            }
        }
        suffices(code, &grant)?;
        Ok(Allowance { grant, tools })
    }
}

/// The component that a tool is bound to, and its digest.
async fn tool(name: &str, path: &str, global: &Global) -> Outcome<(Vec<u8>, String)> {
    let tool = bytes(Path::new(path), global).await?;
    match Host::inspect_tool(&tool) {
        Ok(found) => Ok((tool, found.digest)),
        Err(Error::Mistake(Mistake { message, help })) => Err(mistake(
            format!("`{path}` cannot be the tool `{name}`: {message}"),
            help.unwrap_or_else(|| "a tool is a component that exports functions".to_owned()),
        )),
        Err(error) => Err(error.into()),
    }
}

fn suffices(code: &Code, grant: &Grant) -> Outcome<()> {
    let Some(meta) = &code.component.meta else { return Ok(()) };
    let missing = missing(meta, grant);
    if missing.is_empty() {
        return Ok(());
    }
    let needs: Vec<&str> = missing.iter().map(|one| one.need.as_str()).collect();
    let flags: Vec<String> = missing.iter().map(|one| one.flag.clone()).collect();
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    Err(mistake(
        format!("`{}` needs what it is not allowed: {}", code.component.workflow(), needs.join(", ")),
        format!("if you trust `{}` with that:\n{}", code.path.display(), with_flags(&words, &flags)),
    ))
}

/// `NAME=PLACE`
fn secret(text: &str) -> Result<String, String> {
    Grant::default().secret(text).map(|()| text.to_owned()).map_err(|wrong| wrong.to_string())
}

/// `NAME=TARGET`
fn bind(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, target)) if !name.is_empty() && !target.is_empty() => {
            Ok((name.to_owned(), target.to_owned()))
        }
        _ => Err("write `NAME=TARGET`, such as `payments=http:https://pay.example`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_has_a_name_and_a_target() {
        assert_eq!(bind("a=http:b=c"), Ok(("a".to_owned(), "http:b=c".to_owned())));
        assert!(bind("a").is_err() && bind("=b").is_err() && bind("a=").is_err());
    }
}
