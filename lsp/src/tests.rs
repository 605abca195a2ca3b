//! A whole conversation with the server, as an editor leads it.

use std::thread::JoinHandle;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};

const URI: &str = "file:///srv/order.cairn";
const TEXT: &str = r#"event paid { order: string, cents: int }
tool bank {
  /// Takes the money.
  charge(order: string, cents: int) -> { id: string, when: time }
  refund(id: string) -> null
}

workflow order(order: string) -> string {
  let charge = call bank.charge(order, cents: 5)
    undo call bank.refund(id: charge.id)
  let done = wait paid(order)
  log "${done.cents}"
  return charge.id
}
"#;

struct Editor {
    connection: Connection,
    server: JoinHandle<Result<(), crate::Error>>,
    next: i32,
    /// What was told without being asked.
    told: Vec<Notification>,
}

impl Editor {
    #[expect(clippy::needless_pass_by_value, reason = "callers write the value where they stand")]
    fn new(capabilities: Value) -> Self {
        let (ours, theirs) = Connection::memory();
        let server = std::thread::spawn(move || crate::serve(&theirs));
        let mut editor = Self { connection: ours, server, next: 0, told: Vec::new() };
        let answer = editor.ask("initialize", json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["renameProvider"]["prepareProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    fn tell(&self, method: &str, params: Value) {
        let note = Notification { method: method.to_owned(), params };
        self.connection.sender.send(Message::Notification(note)).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_ask(method, params);
        answer.unwrap_or_else(|refusal| panic!("{method}: {refusal}"))
    }

    fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = RequestId::from(self.next);
        let request = Request { id: id.clone(), method: method.to_owned(), params };
        self.connection.sender.send(Message::Request(request)).unwrap();
        loop {
            match self.connection.receiver.recv_timeout(Duration::from_secs(20)).expect("an answer") {
                Message::Response(response) => {
                    assert_eq!(response.id, id);
                    return match response.error {
                        Some(error) => Err(error.message),
                        None => Ok(response.result.unwrap_or_default()),
                    };
                }
                Message::Notification(note) => self.told.push(note),
                Message::Request(request) => panic!("the server asks {request:?}"),
            }
        }
    }

    fn open(&mut self, text: &str) -> Vec<Value> {
        let file = json!({ "uri": URI, "languageId": "cairn", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": file }));
        self.diagnostics()
    }

    fn change(&mut self, text: &str) {
        let file = json!({ "uri": URI, "version": 2 });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": file, "contentChanges": [{ "text": text }] }),
        );
    }

    /// The next diagnostics.
    fn diagnostics(&mut self) -> Vec<Value> {
        loop {
            match self.connection.receiver.recv_timeout(Duration::from_secs(20)).expect("diagnostics") {
                Message::Notification(note) if note.method == "textDocument/publishDiagnostics" => {
                    return note.params["diagnostics"].as_array().unwrap().clone();
                }
                Message::Notification(note) => self.told.push(note),
                other => panic!("{other:?}"),
            }
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers write the value where they stand")]
    fn at(&mut self, method: &str, place: Value, more: Value) -> Result<Value, String> {
        let mut params = json!({ "textDocument": { "uri": URI }, "position": place });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.try_ask(method, params)
    }

    /// The labels that are offered at `|`; the text without it becomes the file.
    fn offered(&mut self, text: &str) -> Vec<String> {
        let at = text.find('|').unwrap();
        let place = place(text, at);
        self.change(&text.replacen('|', "", 1));
        let items = self.at("textDocument/completion", place, json!({})).unwrap();
        items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    fn goodbye(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        self.server.join().unwrap().unwrap();
    }
}

/// Line and column of a byte; the texts here are ASCII.
fn place(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": before.matches('\n').count(), "character": at - start })
}

fn find(what: &str) -> Value {
    place(TEXT, TEXT.find(what).unwrap())
}

/// A text with the edits of a change made, from the last to the first.
fn edited(text: &str, edits: &[Value]) -> String {
    let byte = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + usize::try_from(place["character"].as_u64().unwrap()).unwrap()
    };
    let mut made: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (byte(&range["start"]), byte(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    made.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in made.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn diagnostics_come_when_the_writing_pauses_and_bring_their_mends() {
    let mut editor = Editor::new(json!({}));
    assert_eq!(editor.open(TEXT), [] as [Value; 0]);
    let wrong = TEXT.replace("done.cents", "done.cent");
    for end in TEXT.len() - 5..TEXT.len() {
        editor.change(&wrong[..end]);
    }
    editor.change(&wrong);
    let found = editor.diagnostics();
    assert_eq!(found.len(), 1, "one set of diagnostics, of the last text: {found:?}");
    let code = found[0]["code"].as_str().unwrap().to_owned();
    let range = found[0]["range"].clone();
    let hover = editor.at("textDocument/hover", range["start"].clone(), json!({})).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains(&code), "{hover}");
    let asked = json!({ "textDocument": { "uri": URI }, "range": range, "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", asked);
    let edits = actions[0]["edit"]["changes"][URI].as_array().unwrap_or_else(|| panic!("{actions}"));
    assert_eq!(edited(&wrong, edits), TEXT);
    editor.goodbye();
}

#[test]
fn what_may_be_written_is_offered_where_it_may_be_written() {
    let mut editor = Editor::new(json!({}));
    editor.open(TEXT);
    let insert = |front: &str, what: &str| TEXT.replacen(front, &format!("{what}\n  {front}"), 1);
    let offered = editor.offered(&insert("log", "call |"));
    assert_eq!(offered, ["bank"]);
    assert_eq!(editor.offered(&insert("log", "call bank.|")), ["charge", "refund"]);
    assert_eq!(editor.offered(&insert("log", "let x = call bank.ch|(order: order)")), ["charge", "refund"]);
    assert_eq!(editor.offered(&insert("log", "let e = wait |")), ["paid"]);
    let fields = editor.offered(&insert("log", "let x = charge.|"));
    assert_eq!(fields, ["id", "when"]);
    let fields = editor.offered(&insert("log", "let x = charge.when.|"));
    assert!(fields.contains(&"unix_seconds".to_owned()), "{fields:?}");
    let arguments = editor.offered(&insert("log", "call bank.charge(order: \"a\", |)"));
    assert_eq!(arguments[0], "cents", "{arguments:?}");
    assert!(!arguments.contains(&"when".to_owned()));
    let values = editor.offered(&insert("log", "let x = |"));
    assert!(
        ["order", "charge", "done"].iter().all(|name| values.contains(&(*name).to_owned())),
        "{values:?}"
    );
    assert!(editor.offered(&insert("log", "|")).contains(&"parallel".to_owned()));
    assert_eq!(editor.offered(&insert("log", "log \"ca|")), [] as [&str; 0]);
    editor.goodbye();
}

#[test]
fn names_lead_to_their_declarations_and_are_renamed_everywhere() {
    let mut editor = Editor::new(json!({}));
    editor.open(TEXT);
    let found = editor.at("textDocument/definition", find("charge.id)"), json!({})).unwrap();
    assert_eq!(found["range"]["start"], find("charge = call"));
    let hover = editor.at("textDocument/hover", find("charge(order, "), json!({})).unwrap();
    let hover = hover["contents"]["value"].as_str().unwrap();
    assert!(hover.contains("cents: int") && hover.contains("Takes the money"), "{hover}");
    let hover = editor.at("textDocument/hover", find("done.cents"), json!({})).unwrap();
    assert!(
        hover["contents"]["value"].as_str().unwrap().contains("done: { order: string, cents: int }"),
        "{hover}"
    );

    let prepared =
        editor.at("textDocument/prepareRename", find("order: string) -> string {"), json!({})).unwrap();
    assert_eq!(prepared["placeholder"], "order");
    let new = json!({ "newName": "id" });
    let change = editor.at("textDocument/rename", find("order: string) -> string {"), new).unwrap();
    let made = edited(TEXT, change["changes"][URI].as_array().unwrap());
    assert!(
        made.contains("workflow order(id: string)") && made.contains("bank.charge(order: id, cents: 5)"),
        "{made}"
    );
    assert!(made.contains("wait paid(order: id)"), "{made}");
    assert!(editor.told.is_empty(), "a parameter is in no key: {:?}", editor.told);

    let change =
        editor.at("textDocument/rename", find("charge = call"), json!({ "newName": "payment" })).unwrap();
    let made = edited(TEXT, change["changes"][URI].as_array().unwrap());
    assert!(
        made.contains("let payment = call bank.charge") && made.contains("refund(id: payment.id)"),
        "{made}"
    );
    assert!(made.contains("return payment.id"), "{made}");
    editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }));
    let warning = &editor.told[0];
    assert_eq!(warning.method, "window/showMessage");
    assert!(warning.params["message"].as_str().unwrap().contains("journal keys"), "{warning:?}");

    let taken = editor.at("textDocument/rename", find("charge = call"), json!({ "newName": "done" }));
    assert!(taken.unwrap_err().contains("already"));
    let word = editor.at("textDocument/rename", find("charge = call"), json!({ "newName": "let" }));
    assert!(word.unwrap_err().contains("cannot be a name"));
    editor.goodbye();
}

#[test]
fn an_editor_that_explains_changes_gets_the_warning_with_the_change() {
    let edits = json!({ "documentChanges": true, "changeAnnotationSupport": {} });
    let mut editor = Editor::new(json!({ "workspace": { "workspaceEdit": edits } }));
    editor.open(TEXT);
    let change =
        editor.at("textDocument/rename", find("charge = call"), json!({ "newName": "payment" })).unwrap();
    assert_eq!(change["documentChanges"][0]["edits"][0]["annotationId"], "keys", "{change}");
    assert_eq!(change["changeAnnotations"]["keys"]["needsConfirmation"], true);
    assert!(editor.told.is_empty());
    editor.goodbye();
}

#[test]
fn outline_lenses_and_formatting() {
    let mut editor = Editor::new(json!({}));
    let text =
        format!("{TEXT}\ntest \"it  works\" {{ run order(order: \"1\")   expect   result == \"a\" }}\n");
    editor.open(&text);
    let file = json!({ "textDocument": { "uri": URI } });
    let outline = editor.ask("textDocument/documentSymbol", file.clone());
    let names: Vec<_> = outline.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["paid", "bank", "order", "test: it  works"]);
    assert_eq!(outline[2]["children"][0]["name"], "charge");
    let lenses = editor.ask("textDocument/codeLens", file);
    assert_eq!(lenses[1]["command"]["command"], "cairn.runTest");
    assert_eq!(lenses[1]["command"]["arguments"], json!([URI, "it  works"]));
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let format = json!({ "textDocument": { "uri": URI }, "options": options });
    let edits = editor.ask("textDocument/formatting", format);
    let made = edited(&text, edits.as_array().unwrap());
    assert_eq!(Ok(made), cairn_dsl::format(&text));
    editor.goodbye();
}
