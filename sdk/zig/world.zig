//! The library for C, as its header declares it.

const std = @import("std");

/// Of the libc: what stays until the run ends does not have to be freed.
pub const allocator = std.heap.c_allocator;

pub const Text = [*:0]const u8;
pub const Operation = extern struct { handle: i32 };
pub const Failure = extern struct { kind: Text, message: Text, detail: Text };
pub const Result = extern struct { ok: bool, value: ?Text, failure: Failure };
pub const Where = extern struct { field: ?Text, json: ?Text };
pub const Identity = extern struct { tenant: Text, workflow: Text, version: Text, instance: Text, started: u64 };
pub const Step = extern struct { number: u32, idempotency_key: Text, turn: c_int, outcome: Result };

pub const Options = extern struct {
    timeout_ms: u64 = 0,
    deadline: u64 = 0,
    attempts: u32 = 0,
    delay_ms: u64 = 0,
    backoff: c_int = 0,
    factor: f64 = 0,
    longest_delay_ms: u64 = 0,
    jitter: f64 = 0,
    on: ?[*:null]const ?Text = null,
    cache_key: ?Text = null,
    cache_age_ms: u64 = 0,
    unclear: c_int = 0,
};

pub fn failed(failure: Failure) Result {
    return .{ .ok = false, .value = null, .failure = failure };
}

pub extern fn cairn_wait(operation: Operation) Result;
pub extern fn cairn_cancel(operation: Operation) void;
pub extern fn cairn_first(of: [*]const Operation, count: usize) usize;
pub extern fn cairn_begin(key: Text, options: *const Options) Step;
pub extern fn cairn_attempt(step: *Step, outcome: *Result) bool;
pub extern fn cairn_end(step: *Step, result: Result) void;
pub extern fn cairn_call(key: Text, tool: Text, arguments: Text, options: *const Options) Operation;
pub extern fn cairn_undo(key: Text, tool: Text, arguments: Text, options: *const Options) void;
pub extern fn cairn_undo_depth() u32;
pub extern fn cairn_unwind(key: Text, depth: u32) Result;
pub extern fn cairn_sleep(key: Text, ms: u64) Operation;
pub extern fn cairn_sleep_until(key: Text, moment: u64) Operation;
pub extern fn cairn_now(key: Text) u64;
pub extern fn cairn_random(key: Text) u64;
pub extern fn cairn_calendar(key: Text, question: Text, moment: u64, zone: Text, arguments: Text) Result;
pub extern fn cairn_receive(key: Text, event: Text, where: [*]const Where) Operation;
pub extern fn cairn_ask(key: Text, whom: Text, task: Text) Operation;
pub extern fn cairn_emit(key: Text, event: Text, data: Text, to: ?Text) Operation;
pub extern fn cairn_block(key: Text, number: u32, captured: Text) Operation;
pub extern fn cairn_undo_block(key: Text, number: u32, captured: Text) void;
pub extern fn cairn_child(key: Text, workflow: Text, input: Text) Operation;
pub extern fn cairn_spawn(key: Text, workflow: Text, input: Text) Operation;
pub extern fn cairn_lock(key: Text, name: Text, places: u32) Operation;
pub extern fn cairn_unlock(key: Text) void;
pub extern fn cairn_restart(input: Text) noreturn;
pub extern fn cairn_who() Identity;
pub extern fn cairn_expose(json: Text) void;
pub extern fn cairn_log(level: c_int, message: Text, fields: Text) void;
