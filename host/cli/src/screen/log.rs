//! A line of an instance's log.

use cairn_host::ops::LogLine;
use serde_json::Value;

use super::{Paint, template};

/// Level (unless it is `info`), message and fields: `warn: stock is low  sku="a" left=2`.
pub(crate) fn log_line(line: &LogLine, paint: Paint) -> String {
    let level = match line.level.as_str() {
        "info" => String::new(),
        "error" => paint.red("error: "),
        "warn" => paint.yellow("warn: "),
        other => paint.dim(&format!("{other}: ")),
    };
    let fields: String = match &line.fields {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("  {name}={}", template::one_line(value))).collect()
        }
        Value::Null => String::new(),
        other => format!("  {}", template::one_line(other)),
    };
    format!("{level}{}{}", line.message, paint.dim(&fields))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_follow_the_message() {
        let fields = json!({ "sku": "a", "left": [1, 2] });
        let line = LogLine { at: 0, level: "warn".into(), message: "low".into(), fields };
        assert_eq!(log_line(&line, Paint::plain()), "warn: low  sku=\"a\"  left=[1, 2]");
    }
}
