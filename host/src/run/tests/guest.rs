//! Guests written by hand: each line of a script becomes the core instructions of one import, in a component whose frame is
//! `wrapper.wat`. No compiler stands between the world and these tests.

use std::fmt::Write;

/// Where an outcome is put: the layout of `result<json, failure>`, which is what `run` returns too.
const OUTCOME: u32 = 64;
/// A second one, for a failure that is kept while undos run.
const KEPT: u32 = 128;
/// Handles for `first`.
const HANDLES: u32 = 192;
const DATA: u32 = 4096;

/// A handle in the script.
#[derive(Clone, Copy)]
pub(super) struct Op(usize);

/// How patiently a step is done; only what these tests need.
#[derive(Clone, Copy, Default)]
pub(super) struct Patience {
    pub(super) timeout: Option<u64>,
    /// Attempts and the constant delay between them.
    pub(super) retry: Option<(u32, u64)>,
    /// A name and an age.
    pub(super) cache: Option<(&'static str, u64)>,
    /// What is done about an unclear attempt: 0 it is made again, 1 the step fails, 2 a person is asked.
    pub(super) unclear: u8,
    /// The place of a secret.
    pub(super) secret: Option<&'static str>,
}

#[derive(Default)]
pub(super) struct Script {
    data: Vec<u8>,
    body: String,
    blocks: Vec<String>,
    operations: usize,
    meta: Option<String>,
    map: Option<String>,
}

impl Script {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn map(mut self, json: &serde_json::Value) -> Self {
        self.map = Some(json.to_string());
        self
    }

    fn put(&mut self, bytes: &[u8]) -> u32 {
        while !self.data.len().is_multiple_of(8) {
            self.data.push(0);
        }
        let at = DATA + u32::try_from(self.data.len()).unwrap();
        self.data.extend_from_slice(bytes);
        at
    }

    /// Pointer and length.
    pub(super) fn text(&mut self, text: &str) -> (u32, u32) {
        (self.put(text.as_bytes()), u32::try_from(text.len()).unwrap())
    }

    fn pair(&mut self, text: &str) -> Vec<u8> {
        let (at, len) = self.text(text);
        [at.to_le_bytes(), len.to_le_bytes()].concat()
    }

    fn emit(&mut self, code: &str) {
        writeln!(self.body, "      {code}").unwrap();
    }

    fn operation(&mut self, code: &str) -> Op {
        let op = Op(self.operations);
        self.operations += 1;
        self.emit(&format!("(local.set $op{} {code})", op.0));
        op
    }

    /// The arguments of `call` and `undo`, which are too many for the stack and stand in memory.
    fn step(&mut self, key: &str, tool: &str, arguments: &str, patience: Patience) -> u32 {
        let secret = patience.secret.map(|place| self.pair(place)).unwrap_or_default();
        let secrets = self.put(&secret);
        let cached = patience.cache.map(|(name, _)| self.pair(name)).unwrap_or(vec![0; 8]);
        let mut record = [self.pair(key), self.pair(tool), self.pair(arguments)].concat();
        record.extend(secrets.to_le_bytes());
        record.extend(u32::from(patience.secret.is_some()).to_le_bytes());
        let option = |some: Option<u64>| {
            [u64::from(some.is_some()).to_le_bytes(), some.unwrap_or(0).to_le_bytes()].concat()
        };
        record.extend(option(patience.timeout));
        record.extend(option(None));
        let (attempts, delay) = patience.retry.unwrap_or_default();
        record.extend(u64::from(patience.retry.is_some()).to_le_bytes());
        record.extend(u64::from(attempts).to_le_bytes());
        record.extend(delay.to_le_bytes());
        record.extend(0_u64.to_le_bytes());
        record.extend(2.0_f64.to_le_bytes());
        record.extend(u64::MAX.to_le_bytes());
        record.extend(0.0_f64.to_le_bytes());
        record.extend([0; 8]);
        record.extend(u64::from(patience.cache.is_some()).to_le_bytes());
        record.extend(cached);
        record.extend(patience.cache.map_or(0, |(_, age)| age).to_le_bytes());
        record.extend(u64::from(patience.unclear).to_le_bytes());
        self.put(&record)
    }

    pub(super) fn call(&mut self, key: &str, tool: &str) -> Op {
        self.call_with(key, tool, "{}", Patience::default())
    }

    pub(super) fn call_with(&mut self, key: &str, tool: &str, arguments: &str, patience: Patience) -> Op {
        let at = self.step(key, tool, arguments, patience);
        self.operation(&format!("(call $call (i32.const {at}))"))
    }

    pub(super) fn undo(&mut self, key: &str, tool: &str) {
        self.undo_with(key, tool, Patience::default());
    }

    pub(super) fn undo_with(&mut self, key: &str, tool: &str, patience: Patience) {
        let at = self.step(key, tool, "{}", patience);
        self.emit(&format!("(call $undo (i32.const {at}))"));
    }

    pub(super) fn unwind(&mut self, key: &str) -> Op {
        let (at, len) = self.text(key);
        self.operation(&format!("(call $unwind (i32.const {at}) (i32.const {len}) (i32.const 0))"))
    }

    pub(super) fn sleep(&mut self, key: &str, span: u64) -> Op {
        let (at, len) = self.text(key);
        self.operation(&format!("(call $span (i32.const {at}) (i32.const {len}) (i64.const {span}))"))
    }

    /// Waits for an event whose `field` equals the JSON value, if one is given.
    pub(super) fn receive(&mut self, key: &str, event: &str, field: Option<(&str, &str)>) -> Op {
        let conditions =
            field.map(|(name, value)| [self.pair(name), self.pair(value)].concat()).unwrap_or_default();
        let count = u32::from(!conditions.is_empty());
        let conditions = self.put(&conditions);
        let list = [conditions.to_le_bytes(), count.to_le_bytes()].concat();
        let record = [self.pair(event), list, vec![0; 12]].concat();
        let list = self.put(&record);
        let (at, len) = self.text(key);
        self.operation(&format!(
            "(call $receive (i32.const {at}) (i32.const {len}) (i32.const {list}) (i32.const 1))"
        ))
    }

    /// What a block does; gives its number.
    pub(super) fn body(&mut self, does: impl FnOnce(&mut Self)) -> u32 {
        let outer = std::mem::take(&mut self.body);
        does(self);
        let body = std::mem::replace(&mut self.body, outer);
        self.blocks.push(body);
        u32::try_from(self.blocks.len() - 1).unwrap()
    }

    fn of_block(&mut self, key: &str, number: u32) -> String {
        let (at, len) = self.text(key);
        let (captured, clen) = self.text("{}");
        format!(
            "(i32.const {at}) (i32.const {len}) (i32.const {number}) (i32.const {captured}) (i32.const {clen})"
        )
    }

    pub(super) fn block(&mut self, key: &str, number: u32) -> Op {
        let of = self.of_block(key, number);
        self.operation(&format!("(call $block {of})"))
    }

    pub(super) fn undo_block(&mut self, key: &str, number: u32) {
        let of = self.of_block(key, number);
        self.emit(&format!("(call $undo_block {of})"));
    }

    pub(super) fn cancel(&mut self, op: Op) {
        self.emit(&format!("(call $cancel (local.get $op{}))", op.0));
    }

    pub(super) fn outcome(&mut self, op: Op) {
        self.emit(&format!("(call $outcome (local.get $op{}) (i32.const {OUTCOME}))", op.0));
    }

    /// Waits for the outcome; a failure is the end.
    pub(super) fn check(&mut self, op: Op) {
        self.outcome(op);
        self.emit(&format!("(if (i32.load8_u (i32.const {OUTCOME})) (then (return (i32.const {OUTCOME}))))"));
    }

    /// As [`Script::check`], but the undos run first.
    pub(super) fn check_or_unwind(&mut self, op: Op, key: &str) {
        self.outcome(op);
        self.emit(&format!(
            "(if (i32.load8_u (i32.const {OUTCOME})) (then \
             (memory.copy (i32.const {KEPT}) (i32.const {OUTCOME}) (i32.const 28))"
        ));
        let unwinding = self.unwind(key);
        self.outcome(unwinding);
        self.emit(&format!("(return (i32.const {KEPT}))))"));
    }

    /// Waits for one of two and returns which, as a number.
    pub(super) fn return_first(&mut self, one: Op, other: Op) {
        let digits = self.put(b"01");
        for (place, op) in [(HANDLES, one), (HANDLES + 4, other)] {
            self.emit(&format!("(i32.store (i32.const {place}) (local.get $op{}))", op.0));
        }
        self.emit(&format!("(local.set $index (call $first (i32.const {HANDLES}) (i32.const 2)))"));
        self.emit(&format!("(i32.store (i32.const {OUTCOME}) (i32.const 0))"));
        self.emit(&format!(
            "(i32.store (i32.const {}) (i32.add (i32.const {digits}) (local.get $index)))",
            OUTCOME + 4
        ));
        self.emit(&format!("(i32.store (i32.const {}) (i32.const 1))", OUTCOME + 8));
        self.emit(&format!("(return (i32.const {OUTCOME}))"));
    }

    pub(super) fn now(&mut self, key: &str) {
        let (at, len) = self.text(key);
        self.emit(&format!("(drop (call $now (i32.const {at}) (i32.const {len})))"));
    }

    pub(super) fn log(&mut self, message: &str) {
        let (at, len) = self.text(message);
        let (fields, flen) = self.text("{}");
        self.emit(&format!(
            "(call $log (i32.const 1) (i32.const {at}) (i32.const {len}) (i32.const {fields}) (i32.const {flen}))"
        ));
    }

    fn texts(&mut self, texts: &[&str]) -> String {
        let pairs: Vec<(u32, u32)> = texts.iter().map(|text| self.text(text)).collect();
        pairs.iter().map(|(at, len)| format!("(i32.const {at}) (i32.const {len}) ")).collect()
    }

    /// `child` and `spawn`.
    pub(super) fn other(&mut self, verb: &str, key: &str, workflow: &str, input: &str) -> Op {
        let texts = self.texts(&[key, workflow, input]);
        self.operation(&format!("(call ${verb} {texts})"))
    }

    pub(super) fn lock(&mut self, key: &str, name: &str, places: u32) -> Op {
        let texts = self.texts(&[key, name]);
        self.operation(&format!("(call $lock {texts} (i32.const {places}))"))
    }

    /// `unlock`, `restart` and `expose`: verbs of one text.
    pub(super) fn tell(&mut self, verb: &str, text: &str) {
        let text = self.texts(&[text]);
        self.emit(&format!("(call ${verb} {text})"));
    }

    /// What is between the two happens only if the byte of the input at this place is the given one.
    pub(super) fn if_input(&mut self, at: u32, byte: u8) {
        self.emit(&format!("(if (i32.eq (i32.load8_u offset={at} (local.get 0)) (i32.const {byte})) (then"));
    }

    pub(super) fn end_if(&mut self) {
        self.emit("))");
    }

    pub(super) fn ask(&mut self, key: &str, whom: &str, task: &str) -> Op {
        let texts = self.texts(&[key, whom, task]);
        self.operation(&format!("(call $ask {texts})"))
    }

    pub(super) fn send(&mut self, key: &str, event: &str, data: &str, to: Option<&str>) -> Op {
        let texts = self.texts(&[key, event, data]);
        let to_ = self.texts(&[to.unwrap_or_default()]);
        self.operation(&format!("(call $emit {texts} (i32.const {}) {to_})", u32::from(to.is_some())))
    }

    /// Its answer is the last outcome.
    pub(super) fn calendar(&mut self, key: &str, question: &str, of: u64, zone: &str, arguments: &str) {
        let (before, behind) = (self.texts(&[key, question]), self.texts(&[zone, arguments]));
        self.emit(&format!("(call $calendar {before} (i64.const {of}) {behind} (i32.const {OUTCOME}))"));
    }

    /// What it says of itself.
    pub(super) fn meta(mut self, json: &serde_json::Value) -> Self {
        self.meta = Some(json.to_string());
        self
    }

    /// Any instructions.
    pub(super) fn raw(&mut self, code: &str) {
        self.emit(code);
    }

    /// The end, with what the last wait gave.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.emit(&format!("(i32.const {OUTCOME})"));
        let locals: String = (0..self.operations).map(|n| format!("(local $op{n} i32)")).collect();
        let data: String = self.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let (mut blocks, mut choice) = (String::new(), String::new());
        for (number, body) in self.blocks.iter().enumerate() {
            write!(
                blocks,
                "(func $block{number} (result i32) (local $index i32) {locals} {body} (i32.const {OUTCOME}))"
            )
            .unwrap();
            write!(
                choice,
                "(if (i32.eq (local.get $number) (i32.const {number})) (then (return (call $block{number}))))"
            )
            .unwrap();
        }
        let text = include_str!("wrapper.wat")
            .replace(";; BLOCKS", &blocks)
            .replace(";; CHOICE", &choice)
            .replace(";; LOCALS", &locals)
            .replace(";; BODY", &self.body)
            .replace(";; DATA", &format!("(data (i32.const {DATA}) \"{data}\")"));
        let mut component = wat::parse_str(text).unwrap();
        for (name, json) in [("cairn-meta", &self.meta), ("cairn-map", &self.map)] {
            if let Some(json) = json {
                section(&mut component, name, json.as_bytes());
            }
        }
        component
    }
}

/// A custom section at the end.
fn section(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut content = Vec::new();
    leb(&mut content, name.len());
    content.extend_from_slice(name.as_bytes());
    content.extend_from_slice(data);
    component.push(0);
    leb(component, content.len());
    component.extend(content);
}

fn leb(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
}
