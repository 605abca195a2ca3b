//! One page for a model that is to write a workflow: the syntax by example, the rules that are broken most, and what is granted.

/// The page, with `@name` where a program stands. The programs are files of their own, so that a test can compile them.
const PAGE: &str = include_str!("guide.md");
const PROGRAMS: [(&str, &str); 3] = [
    ("full", include_str!("full.cairn")),
    ("poll", include_str!("poll.cairn")),
    ("agent", include_str!("agent.cairn")),
];

/// What a workflow may use, for the end of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Declarations as they may be copied: tools, and the types and errors that they speak of.
    pub declarations: Vec<String>,
    /// Addresses that `std:http` may call; empty: none.
    pub http: Vec<String>,
    /// Programs that `std:exec` may run; empty: none.
    pub exec: Vec<String>,
    /// Whatever else is granted, in words.
    pub others: Vec<String>,
}

/// The page, about 1,500 tokens of a usual model, and what is granted behind it.
#[must_use]
pub fn guide(granted: Option<&Granted>) -> String {
    let mut page = PAGE.to_owned();
    for (name, program) in PROGRAMS {
        page = page.replace(&format!("@{name}\n"), program);
    }
    if let Some(granted) = granted {
        page.push_str(&behind(granted));
    }
    page
}

fn behind(granted: &Granted) -> String {
    let mut text = String::from(
        "\n## What this workflow may use\n\nNothing else: a tool, address or program that is not here is refused before it runs.\n",
    );
    if !granted.declarations.is_empty() {
        text.push_str(&format!("\n```cairn\n{}\n```\n", granted.declarations.join("\n")));
    }
    for (part, list) in [("std:http", &granted.http), ("std:exec", &granted.exec)] {
        if !list.is_empty() {
            let source = crate::std_part(part).unwrap_or_default().trim_end();
            let verb = if part == "std:http" { "may call" } else { "may run" };
            text.push_str(&format!(
                "\n`use \"{part}\"` ({verb}: {}):\n\n```cairn\n{source}\n```\n",
                list.join(", ")
            ));
        }
    }
    for other in &granted.others {
        text.push_str(&format!("- {other}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_of_the_page_are_right() {
        for (name, program) in PROGRAMS {
            let checked = crate::check(name, program);
            assert_eq!(cairn_dsl::render(&checked.source, &checked.diagnostics, false), "");
            assert_eq!(
                Ok(program.to_owned()),
                cairn_dsl::format(program),
                "{name} is not in the house style"
            );
            assert!(guide(None).contains(program));
        }
        assert!(!guide(None).contains("\n@"));
    }

    /// Four letters are about one token of English and code.
    #[test]
    fn it_is_one_page() {
        let tokens = guide(None).len() / 4;
        assert!((1_200..1_900).contains(&tokens), "{tokens}");
    }

    #[test]
    fn what_is_granted_stands_at_the_end() {
        let granted = Granted {
            declarations: vec!["tool t { a() -> null }".into()],
            http: vec!["https://a.example".into()],
            ..Granted::default()
        };
        let page = guide(Some(&granted));
        let end = page.split("## What this workflow may use").nth(1).unwrap();
        assert!(
            end.contains("tool t") && end.contains("https://a.example") && end.contains("get(url"),
            "{end}"
        );
        assert!(!end.contains("std:exec"));
    }
}
