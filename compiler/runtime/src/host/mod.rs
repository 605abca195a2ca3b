//! The host's functions, by the canonical ABI of the world in `wit/`: what is lowered flat is an argument, what is more than
//! sixteen words goes by address.

#![expect(unsafe_code, reason = "imports of the host")]

mod lower;

use lower::Outcome;
pub use lower::{Cached, Condition, Finished, HostFailure, Retry, Span, Step, Subscription};

use alloc::vec::Vec;

#[link(wasm_import_module = "cairn:workflow/types@0.3.0")]
unsafe extern "C" {
    #[link_name = "[method]operation.outcome"]
    fn operation_outcome(operation: u32, outcome: *mut Outcome);
    #[link_name = "[method]operation.cancel"]
    fn operation_cancel(operation: u32);
    #[link_name = "[resource-drop]operation"]
    fn operation_drop(operation: u32);
}

#[link(wasm_import_module = "cairn:workflow/step@0.3.0")]
unsafe extern "C" {
    #[link_name = "call"]
    fn step_call(step: *const Step) -> u32;
    #[link_name = "undo"]
    fn step_undo(step: *const Step);
    #[link_name = "undo-depth"]
    fn step_undo_depth() -> u32;
    #[link_name = "unwind"]
    fn step_unwind(key: *const u8, len: usize, depth: u32) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/sleep@0.3.0")]
unsafe extern "C" {
    #[link_name = "until"]
    fn sleep_until(key: *const u8, len: usize, due: u64) -> u32;
    #[link_name = "span"]
    fn sleep_span(key: *const u8, len: usize, span: u64) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/event@0.3.0")]
unsafe extern "C" {
    #[link_name = "receive"]
    fn event_receive(key: *const u8, len: usize, subscriptions: *const u8, count: usize) -> u32;
    #[link_name = "ask"]
    fn event_ask(
        key: *const u8,
        len: usize,
        whom: *const u8,
        whom_len: usize,
        task: *const u8,
        task_len: usize,
    ) -> u32;
    #[link_name = "emit"]
    fn event_emit(
        key: *const u8,
        len: usize,
        event: *const u8,
        event_len: usize,
        data: *const u8,
        data_len: usize,
        some: u32,
        to: *const u8,
        to_len: usize,
    ) -> u32;
}

#[link(wasm_import_module = "cairn:workflow/flow@0.3.0")]
unsafe extern "C" {
    #[link_name = "first"]
    fn flow_first(of: *const u32, count: usize) -> u32;
    #[link_name = "block"]
    fn flow_block(key: *const u8, len: usize, number: u32, captured: *const u8, captured_len: usize) -> u32;
    #[link_name = "undo-block"]
    fn flow_undo_block(key: *const u8, len: usize, number: u32, captured: *const u8, captured_len: usize);
    #[link_name = "child"]
    fn flow_child(
        key: *const u8,
        len: usize,
        workflow: *const u8,
        workflow_len: usize,
        input: *const u8,
        input_len: usize,
    ) -> u32;
    #[link_name = "spawn"]
    fn flow_spawn(
        key: *const u8,
        len: usize,
        workflow: *const u8,
        workflow_len: usize,
        input: *const u8,
        input_len: usize,
    ) -> u32;
    #[link_name = "lock"]
    fn flow_lock(key: *const u8, len: usize, name: *const u8, name_len: usize, places: u32) -> u32;
    #[link_name = "unlock"]
    fn flow_unlock(key: *const u8, len: usize);
    #[link_name = "restart"]
    fn flow_restart(input: *const u8, len: usize);
}

#[link(wasm_import_module = "cairn:workflow/context@0.3.0")]
unsafe extern "C" {
    #[link_name = "now"]
    fn context_now(key: *const u8, len: usize) -> u64;
    #[link_name = "random"]
    fn context_random(key: *const u8, len: usize) -> u64;
    #[link_name = "log"]
    fn context_log(level: u32, message: *const u8, len: usize, fields: *const u8, fields_len: usize);
    #[link_name = "expose"]
    fn context_expose(status: *const u8, len: usize);
    #[link_name = "calendar"]
    fn context_calendar(
        key: *const u8,
        len: usize,
        question: *const u8,
        question_len: usize,
        of: u64,
        zone: *const u8,
        zone_len: usize,
        arguments: *const u8,
        arguments_len: usize,
        outcome: *mut Outcome,
    );
}

/// Something durable under way.
#[repr(transparent)]
pub struct Operation(u32);

impl Operation {
    /// Waits for how it ends.
    pub fn outcome(&self) -> Result<&'static str, HostFailure> {
        let mut outcome = Outcome::room();
        // SAFETY: the address is of an outcome as the canonical ABI lays it out.
        unsafe { operation_outcome(self.0, &raw mut outcome) };
        outcome.get()
    }

    /// Gives up waiting.
    pub fn cancel(&self) {
        // SAFETY: a handle that the host gave.
        unsafe { operation_cancel(self.0) };
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: a handle that the host gave, dropped once.
        unsafe { operation_drop(self.0) };
    }
}

/// `step.call`
pub fn call(step: &Step) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { step_call(step) })
}

/// `step.undo`
pub fn undo(step: &Step) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { step_undo(step) };
}

/// `step.undo-depth`
pub fn undo_depth() -> u32 {
    // SAFETY: takes nothing.
    unsafe { step_undo_depth() }
}

/// `step.unwind`
pub fn unwind(key: &str, depth: u32) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { step_unwind(key.as_ptr(), key.len(), depth) })
}

/// `sleep.until` or `sleep.span`; before the epoch and less than nothing are nothing.
pub fn sleep(key: &str, until: bool, milliseconds: i64) -> Operation {
    let milliseconds = milliseconds.max(0).unsigned_abs();
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        if until {
            sleep_until(key.as_ptr(), key.len(), milliseconds)
        } else {
            sleep_span(key.as_ptr(), key.len(), milliseconds)
        }
    })
}

/// `event.receive`
pub fn receive(key: &str, subscriptions: &[Subscription]) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        event_receive(key.as_ptr(), key.len(), subscriptions.as_ptr().cast(), subscriptions.len())
    })
}

/// `event.ask`
pub fn ask(key: &str, whom: &str, task: &str) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        event_ask(key.as_ptr(), key.len(), whom.as_ptr(), whom.len(), task.as_ptr(), task.len())
    })
}

/// `event.emit`
pub fn emit(key: &str, event: &str, data: &str, to: Option<&str>) -> Operation {
    let (some, to) = (u32::from(to.is_some()), to.unwrap_or(""));
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        event_emit(
            key.as_ptr(),
            key.len(),
            event.as_ptr(),
            event.len(),
            data.as_ptr(),
            data.len(),
            some,
            to.as_ptr(),
            to.len(),
        )
    })
}

/// `flow.first`: the place of the one that ended first.
pub fn first(of: &[&Operation]) -> usize {
    let handles: Vec<u32> = of.iter().map(|operation| operation.0).collect();
    // SAFETY: lowered as the canonical ABI says.
    unsafe { flow_first(handles.as_ptr(), handles.len()) as usize }
}

/// `flow.block`
pub fn block(key: &str, number: u32, captured: &str) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { flow_block(key.as_ptr(), key.len(), number, captured.as_ptr(), captured.len()) })
}

/// `flow.undo-block`
pub fn undo_block(key: &str, number: u32, captured: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { flow_undo_block(key.as_ptr(), key.len(), number, captured.as_ptr(), captured.len()) };
}

/// `flow.child`
pub fn child(key: &str, workflow: &str, input: &str) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        flow_child(key.as_ptr(), key.len(), workflow.as_ptr(), workflow.len(), input.as_ptr(), input.len())
    })
}

/// `flow.spawn`
pub fn spawn(key: &str, workflow: &str, input: &str) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe {
        flow_spawn(key.as_ptr(), key.len(), workflow.as_ptr(), workflow.len(), input.as_ptr(), input.len())
    })
}

/// `flow.lock`
pub fn lock(key: &str, name: &str, places: u32) -> Operation {
    // SAFETY: lowered as the canonical ABI says.
    Operation(unsafe { flow_lock(key.as_ptr(), key.len(), name.as_ptr(), name.len(), places) })
}

/// `flow.unlock`
pub fn unlock(key: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { flow_unlock(key.as_ptr(), key.len()) };
}

/// `flow.restart`
pub fn restart(input: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { flow_restart(input.as_ptr(), input.len()) };
}

/// `context.expose`
pub fn expose(status: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_expose(status.as_ptr(), status.len()) };
}

/// `context.calendar`; before the epoch is the epoch.
pub fn calendar(
    key: &str,
    question: &str,
    of: i64,
    zone: &str,
    arguments: &str,
) -> Result<&'static str, HostFailure> {
    let mut outcome = Outcome::room();
    // SAFETY: lowered as the canonical ABI says; the address is of an outcome.
    unsafe {
        context_calendar(
            key.as_ptr(),
            key.len(),
            question.as_ptr(),
            question.len(),
            of.max(0).unsigned_abs(),
            zone.as_ptr(),
            zone.len(),
            arguments.as_ptr(),
            arguments.len(),
            &raw mut outcome,
        );
    }
    outcome.get()
}

/// `context.now`
pub fn now(key: &str) -> u64 {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_now(key.as_ptr(), key.len()) }
}

/// `context.random`
pub fn random(key: &str) -> u64 {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_random(key.as_ptr(), key.len()) }
}

/// `context.log`
pub fn log(level: u32, message: &str, fields: &str) {
    // SAFETY: lowered as the canonical ABI says.
    unsafe { context_log(level, message.as_ptr(), message.len(), fields.as_ptr(), fields.len()) };
}
