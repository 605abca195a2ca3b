//! `cairn lsp` as an editor drives it: the real program, framed messages on its pipes, and what an editor may get wrong.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const URI: &str = "file:///srv/order.cairn";
/// Longer than a loaded machine takes.
const PATIENCE: Duration = Duration::from_secs(60);
const TEXT: &str = r#"event paid { order: string, cents: int }
tool bank {
  /// Takes the money.
  charge(order: string, cents: int) -> { id: string, when: time }
}

workflow order(order: string) -> string {
  let charge = call bank.charge(order, cents: 5)
  let done = wait paid(order)
  log "${done.cents}"
  return charge.id
}
"#;

/// An editor at the other end of the pipes. Dropped, the server is killed.
struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    next: i64,
    told: Vec<Value>,
}

impl Editor {
    /// Begins the program and says hello.
    fn new() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_cairn-tested"))
            .arg0("cairn")
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = server.stdout.take().unwrap();
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = framed(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = server.stdin.take();
        let mut editor = Self { server, input, output: receiver, next: 0, told: Vec::new() };
        let hello = json!({ "processId": null, "rootUri": null, "capabilities": {} });
        let answer = editor.ask("initialize", hello).unwrap();
        assert_eq!(answer["serverInfo"]["name"], "cairn");
        assert_eq!(answer["capabilities"]["hoverProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    /// Sends bytes in the protocol's frame, whatever they are.
    fn send(&mut self, body: &[u8]) {
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
        input.write_all(body).unwrap();
        input.flush().unwrap();
    }

    #[expect(clippy::needless_pass_by_value, reason = "what is sent is written where it is sent")]
    fn tell(&mut self, method: &str, params: Value) {
        let note = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send(note.to_string().as_bytes());
    }

    #[expect(clippy::needless_pass_by_value, reason = "what is sent is written where it is sent")]
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.next += 1;
        let id = self.next;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(request.to_string().as_bytes());
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("an answer");
            if message["id"] == id {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                };
            }
            self.told.push(message);
        }
    }

    /// The next diagnostics, of whatever file.
    fn diagnostics(&mut self) -> Vec<Value> {
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("diagnostics");
            if message["method"] == "textDocument/publishDiagnostics" {
                assert_eq!(message["params"]["uri"], URI);
                return message["params"]["diagnostics"].as_array().unwrap().clone();
            }
            self.told.push(message);
        }
    }

    fn open(&mut self, text: &str) -> Vec<Value> {
        let file = json!({ "uri": URI, "languageId": "cairn", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": file }));
        self.diagnostics()
    }

    fn change(&mut self, text: &str) -> Vec<Value> {
        let file = json!({ "uri": URI, "version": 2 });
        let changes = json!([{ "text": text }]);
        self.tell("textDocument/didChange", json!({ "textDocument": file, "contentChanges": changes }));
        self.diagnostics()
    }

    /// Asks about the place where `what` begins in `text`, `behind` bytes further on.
    fn at(
        &mut self,
        method: &str,
        text: &str,
        what: &str,
        behind: usize,
        more: &Value,
    ) -> Result<Value, Value> {
        let mut params = json!({ "textDocument": { "uri": URI }, "position": place(text, what, behind) });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask(method, params)
    }

    /// Says goodbye as the protocol wants it; gives the exit code.
    fn goodbye(mut self) -> Option<i32> {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        self.ended()
    }

    /// Waits for the end of the program.
    fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.server.try_wait().unwrap() {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// All that it wrote to standard error; it has to have ended.
    fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // Both fail only where the process has gone, which is what is wanted.
        let _gone = self.server.kill();
        let _status = self.server.wait();
    }
}

/// The next message; none at the end.
fn framed(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Line and column; the texts here are ASCII.
fn place(text: &str, what: &str, behind: usize) -> Value {
    let at = text.find(what).unwrap() + behind;
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": before.matches('\n').count(), "character": at - start })
}

/// The text with the edits of one file made, from the last to the first.
fn edited(text: &str, edits: &Value) -> String {
    let byte = |place: &Value| {
        let number = |name: &str| usize::try_from(place[name].as_u64().unwrap()).unwrap();
        text.split_inclusive('\n').take(number("line")).map(str::len).sum::<usize>() + number("character")
    };
    let range = |edit: &Value| byte(&edit["range"]["start"])..byte(&edit["range"]["end"]);
    let mut edits: Vec<&Value> = edits.as_array().unwrap().iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(range(edit).start));
    let mut made = text.to_owned();
    edits.into_iter().for_each(|edit| made.replace_range(range(edit), edit["newText"].as_str().unwrap()));
    made
}

#[test]
fn an_editor_is_served_from_hello_to_goodbye() {
    let mut editor = Editor::new();
    assert_eq!(editor.open(TEXT), [] as [Value; 0]);

    let wrong = TEXT.replace("done.cents", "done.cent");
    let found = editor.change(&wrong);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("cent"), "{found:?}");
    let context = json!({ "diagnostics": found });
    let asked = json!({ "textDocument": { "uri": URI }, "range": found[0]["range"], "context": context });
    let actions = editor.ask("textDocument/codeAction", asked).unwrap();
    assert_eq!(edited(&wrong, &actions[0]["edit"]["changes"][URI]), TEXT);
    assert_eq!(editor.change(TEXT), [] as [Value; 0]);

    let hover = editor.at("textDocument/hover", TEXT, "charge(order, ", 0, &json!({})).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("Takes the money"), "{hover}");
    let declared = editor.at("textDocument/definition", TEXT, "charge.id", 0, &json!({})).unwrap();
    assert_eq!(declared["range"]["start"], place(TEXT, "charge = call", 0));
    let renamed = json!({ "newName": "payment" });
    let change = editor.at("textDocument/rename", TEXT, "charge = call", 0, &renamed).unwrap();
    let made = edited(TEXT, &change["changes"][URI]);
    assert!(made.contains("let payment = call") && made.contains("return payment.id"), "{made}");
    let asking = TEXT.replace("return charge.id", "return charge.");
    assert_ne!(editor.change(&asking), [] as [Value; 0], "a field is missing");
    let items = editor.at("textDocument/completion", &asking, "charge.\n", 7, &json!({})).unwrap();
    let labels: Vec<&str> =
        items.as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["id", "when"]);
    assert_eq!(editor.goodbye(), Some(0));
}

#[test]
fn an_editor_that_is_wrong_is_told_and_served_on() {
    let mut editor = Editor::new();
    let refused = editor.ask("textDocument/hover", json!({ "textDocument": 7 })).unwrap_err();
    assert_eq!(refused["code"], -32602, "{refused}");
    let refused = editor.ask("textDocument/colours", json!({})).unwrap_err();
    assert_eq!(refused["code"], -32601, "{refused}");
    // Of no use, but no reason to leave.
    editor.tell("textDocument/didOpen", json!({ "textDocument": { "uri": URI } }));
    editor.tell("textDocument/didChange", json!([1, 2]));
    editor.tell("textDocument/didColour", json!({}));
    let nothing = json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    assert_eq!(editor.ask("textDocument/hover", nothing), Ok(Value::Null), "the file is not open");

    assert_eq!(editor.open(TEXT), [] as [Value; 0]);
    for (line, character) in [(9_999, 0), (0, 9_999), (u32::MAX, u32::MAX)] {
        let far =
            json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
        assert!(editor.ask("textDocument/hover", far.clone()).is_ok());
        assert!(editor.ask("textDocument/completion", far.clone()).is_ok());
        assert!(editor.ask("textDocument/definition", far).is_ok());
    }
    let renamed = json!({ "newName": "let" });
    let refused = editor.at("textDocument/rename", TEXT, "charge = call", 0, &renamed).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("cannot be a name"), "{refused}");
    let found = editor.change("workflow w( { é \u{1f600} \"${");
    assert!(!found.is_empty());
    assert!(editor.told.iter().any(|one| one["method"] == "window/logMessage"), "{:?}", editor.told);
    assert_eq!(editor.goodbye(), Some(0));
}

#[test]
fn an_editor_that_vanishes_leaves_no_server_behind() {
    let mut editor = Editor::new();
    editor.open(TEXT);
    editor.input = None;
    assert_ne!(editor.ended(), Some(0), "nobody said goodbye");
    assert!(editor.complaint().contains("editor"));

    let mut editor = Editor::new();
    editor.send(b"{ this is no message");
    assert_ne!(editor.ended(), Some(0));
    assert!(!editor.complaint().contains("panicked"));
}
