//! What a workflow may do, as it is said on the command line.

use cairn_host::{
    missing,
    tool::{Allow, Grant, resolve},
};
use clap::Args;

use crate::{
    code::Code,
    problem::{Outcome, mistake},
    screen::with_flags,
};

/// What it may do.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Allowed {
    /// Allow it something: http=https://host:port or exec=program
    #[arg(long, value_name = "GRANT")]
    allow: Vec<Allow>,

    /// Bind a tool of the code to something: payments=http:https://pay.example
    #[arg(long, value_name = "NAME=TARGET", value_parser = bind)]
    bind: Vec<(String, String)>,

    /// Say where a secret of the code is: API_KEY=env:PAY_KEY or API_KEY=file:/run/secrets/pay
    #[arg(long, value_name = "NAME=PLACE", value_parser = secret)]
    secret: Vec<String>,
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
    pub(crate) fn grant(&self, code: &Code, command: &str) -> Outcome<Grant> {
        let mut allow = self.allow.clone();
        allow.sort();
        allow.dedup();
        let mut grant = Grant { allow, bind: self.bind.iter().cloned().collect(), ..Grant::default() };
        for secret in &self.secret {
            // Read once before, when the command line was.
            let _ = grant.secret(secret);
        }
        for name in grant.bind.keys() {
            resolve(name, None, &grant)
                .map_err(|wrong| mistake(wrong.message, format!("see `cairn {command} --help`")))?;
        }
        suffices(code, &grant)?;
        Ok(grant)
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
