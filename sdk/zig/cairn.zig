//! Durable workflows in Zig.
//!
//! A workflow is a function from an input to a result. It may be stopped anywhere, on purpose or by a crash, and goes on from its journal:
//! all that it asked for through this library is answered from there and not done again.
//!
//!     const cairn = @import("cairn");
//!
//!     fn run(input: struct { name: []const u8 }) ![]const u8 {
//!         const greeting = try cairn.step("greet", .{}, greet, .{input.name});
//!         cairn.pause(3_600_000); // durable: the code is unloaded meanwhile
//!         return greeting;
//!     }
//!
//!     fn greet(_: cairn.Attempt, name: []const u8) ![]const u8 {
//!         return cairn.text("Hello, {s}!", .{name});
//!     }
//!
//!     comptime {
//!         cairn.workflow(run);
//!     }
//!
//! What goes in and out is any type that std.json knows; `std.json.Value` for what has none. Memory is that of `cairn.allocator` and stays until
//! the run ends. Everything durable has a key, which names it in the journal: give each its own, and in loops one that names the item (`cairn.key`).

const std = @import("std");
const world = @import("world.zig");
const failure_of = @import("failure.zig");

pub const Failure = failure_of.Failure;
pub const Error = failure_of.Error;
pub const fail = failure_of.fail;
pub const failure = failure_of.failure;

/// All of a run's memory: nothing of it has to be freed.
pub const allocator = world.allocator;

/// What the standard library wants for output, clocks, sleeps and chance. Standard output goes to the log of the run, once; clocks stand still between
/// requests; chance is recorded; a sleep is durable.
pub fn io() std.Io {
    return std.Io.Threaded.global_single_threaded.io();
}

/// Makes a function the workflow of this component: from an input that std.json reads to a result that it writes.
pub fn workflow(comptime run: anytype) void {
    const Exported = struct {
        fn entry(input: [*:0]const u8) callconv(.c) world.Result {
            return failure_of.resultOf(answer(std.mem.span(input)));
        }

        fn answer(input: []const u8) ![:0]const u8 {
            const Input = @typeInfo(@TypeOf(run)).@"fn".param_types[0].?;
            const given = try parse(Input, input, "the input");
            return json(try run(given));
        }
    };
    @export(&Exported.entry, .{ .name = "cairn_run" });
}

// ---- Blocks: parts that run side by side, each as code of its own ----

/// The blocks of this component: functions by their names. Each takes one value that std.json reads and gives one that it writes, as the workflow does.
///
///     const blocks = cairn.Blocks(.{ .parse = parse });
///
///     const rows = try blocks.begin(.parse, cairn.key("file[{s}]", .{file}), file);
///
///     comptime {
///         cairn.workflow(run);
///         blocks.exported();
///     }
pub fn Blocks(comptime functions: anytype) type {
    const names = std.meta.fieldNames(@TypeOf(functions));
    return struct {
        /// Begins a block, in an instance of its own: it has nothing of whoever began it but this input, and its keys stand in the journal as KEY/…
        /// While it waits it is unloaded, alone.
        pub fn begin(comptime block: @EnumLiteral(), name: []const u8, input: Input(block)) Operation(Output(block)) {
            return .{ .handle = world.cairn_block(zeroed(name), comptime number(block), captured(input)) };
        }

        /// Registers a block as what undoes the work so far, as `undo` does a call.
        pub fn undo(comptime block: @EnumLiteral(), name: []const u8, input: Input(block)) void {
            world.cairn_undo_block(zeroed(name), comptime number(block), captured(input));
        }

        /// Makes them what the host finds.
        pub fn exported() void {
            @export(&entry, .{ .name = "cairn_run_block" });
        }

        fn entry(of: u32, input: [*:0]const u8) callconv(.c) world.Result {
            return failure_of.resultOf(answer(of, std.mem.span(input)));
        }

        fn answer(of: u32, input: []const u8) ![:0]const u8 {
            inline for (names, 0..) |name, place| {
                if (of == place) {
                    const function = @field(functions, name);
                    const given = try parse(Captured(InputOf(function)), input, "the input of a block");
                    return json(try function(given.input));
                }
            }
            return fail("bad_data", text("this code has no block {d}", .{of}), null);
        }

        fn Captured(comptime T: type) type {
            // What is null is left out.
            return if (@typeInfo(T) == .optional) struct { input: T = null } else struct { input: T };
        }

        // The world wants an object.
        fn captured(input: anytype) [:0]const u8 {
            return json(.{ .input = input });
        }

        fn InputOf(comptime function: anytype) type {
            return @typeInfo(@TypeOf(function)).@"fn".param_types[0].?;
        }

        fn Input(comptime block: @EnumLiteral()) type {
            return InputOf(@field(functions, @tagName(block)));
        }

        fn Output(comptime block: @EnumLiteral()) type {
            return Gives(@field(functions, @tagName(block)));
        }

        fn number(comptime block: @EnumLiteral()) u32 {
            inline for (names, 0..) |name, place| {
                if (comptime std.mem.eql(u8, name, @tagName(block))) return place;
            }
            @compileError("no block is called " ++ @tagName(block));
        }
    };
}

// ---- Operations: what is durable and takes time ----

/// It began when it was made: begin several, then wait for each, and they take as long as the longest.
pub fn Operation(comptime T: type) type {
    return struct {
        handle: world.Operation,

        /// Waits for its outcome. Asking again gives the same one.
        pub fn wait(self: @This()) !T {
            return parse(T, try failure_of.valueOf(world.cairn_wait(self.handle)), "an outcome");
        }

        /// Gives up waiting: what is not recorded by now fails `error.Cancelled`.
        pub fn cancel(self: @This()) void {
            world.cairn_cancel(self.handle);
        }
    };
}

/// Waits until one of these has ended and says which: the one whose outcome was recorded first, also on every replay.
///
///     switch (cairn.first(.{ .answer = answer, .too_late = patience })) {
///         .answer => …,
///         .too_late => …,
///     }
pub fn first(of: anytype) std.meta.FieldEnum(@TypeOf(of)) {
    const names = comptime std.meta.fieldNames(@TypeOf(of));
    var handles: [names.len]world.Operation = undefined;
    inline for (names, &handles) |name, *handle| handle.* = @field(of, name).handle;
    return @enumFromInt(world.cairn_first(&handles, handles.len));
}

/// As `first`, of a slice of operations: gives the place, from 0.
pub fn firstOf(comptime T: type, of: []const Operation(T)) usize {
    return world.cairn_first(@ptrCast(of.ptr), of.len);
}

// ---- Steps ----

/// How patiently a step is done. The default makes one attempt, as long as the host lets it.
pub const Options = struct {
    /// Of one attempt.
    timeout_ms: ?u64 = null,
    /// Of the whole, in milliseconds since the Unix epoch.
    deadline: ?u64 = null,
    /// Further attempts.
    retry: ?Retry = null,
    /// Calls only: a success is kept for others of the tenant, and theirs will do.
    cache: ?struct { key: []const u8, age_ms: u64 } = null,
    /// Calls only: what is done when nobody can know whether it was carried out.
    unclear: enum(c_int) { retry, fail, ask } = .retry,

    fn ofWorld(self: Options) world.Options {
        var options: world.Options = .{
            .timeout_ms = self.timeout_ms orelse 0,
            .deadline = self.deadline orelse 0,
            .unclear = @intFromEnum(self.unclear),
        };
        if (self.cache) |cache| {
            options.cache_key = zeroed(cache.key);
            options.cache_age_ms = cache.age_ms;
        }
        if (self.retry) |retry| {
            options.attempts = retry.attempts;
            options.delay_ms = retry.delay_ms;
            options.backoff = @intFromEnum(retry.backoff);
            options.factor = retry.factor;
            options.longest_delay_ms = retry.longest_delay_ms;
            options.jitter = retry.jitter;
            const on = allocator.allocSentinel(?[*:0]const u8, retry.on.len, null) catch exhausted();
            for (on, retry.on) |*place, kind| place.* = zeroed(kind);
            options.on = on;
        }
        return options;
    }
};

/// Further attempts at a step that failed.
pub const Retry = struct {
    /// At most so many attempts in all.
    attempts: u32,
    /// In front of the second.
    delay_ms: u64 = 1000,
    /// How it grows: `factor` times as long each time, by the first delay, or not at all.
    backoff: enum(c_int) { exponential, linear, constant } = .exponential,
    factor: f64 = 2,
    /// It grows no further.
    longest_delay_ms: u64 = 60_000,
    /// 0 to 1: the part of a delay that is drawn at random.
    jitter: f64 = 0,
    /// Kinds of failure that are worth another attempt; empty means those that pass by themselves (timeouts, networks).
    on: []const []const u8 = &.{},
};

/// What the body of a step is told.
pub const Attempt = struct {
    /// From 1.
    number: u32,
    /// For whatever the body asks of others: the same for all attempts at this step, and for no other step.
    idempotency_key: []const u8,
};

/// Does work of this program's own once: its outcome is recorded, and the body does not run again when the code is replayed. A failure is
/// tried again as `options` say. If the host dies within the body, it runs again, with the same idempotency key.
///
/// The body is a function of an `Attempt` and of `arguments`. Within it nothing durable may be asked for.
pub fn step(name: []const u8, options: Options, comptime body: anytype, arguments: anytype) !Gives(body) {
    const asked = options.ofWorld();
    var turn = world.cairn_begin(zeroed(name), &asked);
    var outcome: world.Result = undefined;
    while (world.cairn_attempt(&turn, &outcome)) {
        const attempt: Attempt = .{ .number = turn.number, .idempotency_key = std.mem.span(turn.idempotency_key) };
        world.cairn_end(&turn, failure_of.resultOf(done(body, attempt, arguments)));
    }
    return parse(Gives(body), try failure_of.valueOf(outcome), "the outcome of a step");
}

fn Gives(comptime body: anytype) type {
    const Returned = @typeInfo(@TypeOf(body)).@"fn".return_type.?;
    return switch (@typeInfo(Returned)) {
        .error_union => |of| of.payload,
        else => Returned,
    };
}

fn done(comptime body: anytype, attempt: Attempt, arguments: anytype) anyerror![:0]const u8 {
    const given = @call(.auto, body, .{attempt} ++ arguments);
    return json(switch (@typeInfo(@TypeOf(given))) {
        .error_union => try given,
        else => given,
    });
}

/// Asks a tool of the tenant, such as `payments.charge`, with an object of arguments, for a `T`.
pub fn call(comptime T: type, name: []const u8, tool: []const u8, arguments: anytype, options: Options) Operation(T) {
    const asked = options.ofWorld();
    return .{ .handle = world.cairn_call(zeroed(name), zeroed(tool), object(arguments), &asked) };
}

/// Registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this code
/// cannot run any more.
pub fn undo(name: []const u8, tool: []const u8, arguments: anytype, options: Options) void {
    const asked = options.ofWorld();
    world.cairn_undo(zeroed(name), zeroed(tool), object(arguments), &asked);
}

/// How many undos are registered and not yet run.
pub fn undoDepth() u32 {
    return world.cairn_undo_depth();
}

/// Runs those above `depth`, newest first.
pub fn unwind(name: []const u8, depth: u32) !void {
    _ = try failure_of.valueOf(world.cairn_unwind(zeroed(name), depth));
}

// ---- Time: moments are milliseconds since the Unix epoch ----

/// Begins a sleep of so long.
pub fn sleep(name: []const u8, ms: u64) Operation(void) {
    return .{ .handle = world.cairn_sleep(zeroed(name), ms) };
}

/// Begins a sleep until then.
pub fn sleepUntil(name: []const u8, moment: u64) Operation(void) {
    return .{ .handle = world.cairn_sleep_until(zeroed(name), moment) };
}

/// Sleeps, durably, as `std.Io.sleep` does, without a key of its own.
pub fn pause(ms: u32) void {
    io().sleep(.fromMilliseconds(ms), .awake) catch unreachable;
}

/// The host's time, recorded. The standard library's clocks give the time of the newest thing that this code was told.
pub fn now(name: []const u8) u64 {
    return world.cairn_now(zeroed(name));
}

/// 64 bits of the host's chance, recorded.
pub fn random(name: []const u8) u64 {
    return world.cairn_random(zeroed(name));
}

/// Calendar arithmetic in a zone, such as `cairn.calendar([]const u8, "next", "next", .{"09:00"}, moment, "Europe/Berlin")`: `date`, `format`, `next`, `add_months`, `add_days`.
pub fn calendar(comptime T: type, name: []const u8, question: []const u8, arguments: anytype, moment: u64, zone: []const u8) !T {
    const result = world.cairn_calendar(zeroed(name), zeroed(question), moment, zeroed(zone), json(arguments));
    return parse(T, try failure_of.valueOf(result), "an answer of the calendar");
}

// ---- What comes from outside, and what goes there ----

/// An event that came.
pub fn Event(comptime T: type) type {
    return struct { event: []const u8, id: []const u8, data: T };
}

/// Waits for the oldest event of this name whose fields equal those of `where` (a struct; `.{}` for any) and that nobody has taken, also one that came before.
pub fn receive(comptime T: type, name: []const u8, event: []const u8, where: anytype) Operation(Event(T)) {
    const names = comptime std.meta.fieldNames(@TypeOf(where));
    var fields: [names.len + 1]world.Where = undefined;
    inline for (names, fields[0..names.len]) |field, *place| {
        place.* = .{ .field = field, .json = json(@field(where, field)) };
    }
    fields[names.len] = .{ .field = null, .json = null };
    return .{ .handle = world.cairn_receive(zeroed(name), zeroed(event), &fields) };
}

/// What a person is asked.
pub const Question = struct {
    /// In a line.
    title: []const u8,
    /// In full.
    text: ?[]const u8 = null,
    /// What can be answered.
    choices: ?[]const []const u8 = null,
    /// After so many milliseconds they are asked again.
    remind: ?u64 = null,
};

/// What a person answered.
pub const Answer = struct {
    /// One of the choices.
    choice: []const u8,
    /// Who.
    by: []const u8,
    /// What else they said.
    note: ?[]const u8 = null,
    /// When, in RFC 3339.
    at: ?[]const u8 = null,
};

/// Asks a person.
pub fn ask(name: []const u8, whom: []const u8, question: Question) Operation(Answer) {
    return .{ .handle = world.cairn_ask(zeroed(name), zeroed(whom), json(question)) };
}

/// Sends an event exactly once: to an instance, or with null to all that know it.
pub fn emit(name: []const u8, event: []const u8, data: anytype, to: ?[]const u8) Operation(void) {
    const whom: ?[*:0]const u8 = if (to) |instance| zeroed(instance) else null;
    return .{ .handle = world.cairn_emit(zeroed(name), zeroed(event), object(data), whom) };
}

// ---- Other workflows, and a long life ----

/// Runs another workflow, deployed together with this one, for its result.
pub fn child(comptime T: type, name: []const u8, of: []const u8, input: anytype) Operation(T) {
    return .{ .handle = world.cairn_child(zeroed(name), zeroed(of), json(input)) };
}

/// As `child`, and lets it go its own way: gives its id.
pub fn spawn(name: []const u8, of: []const u8, input: anytype) Operation([]const u8) {
    return .{ .handle = world.cairn_spawn(zeroed(name), zeroed(of), json(input)) };
}

/// One of the places under a name of the tenant.
pub const Held = struct {
    name: [:0]const u8,

    /// Gives it back.
    pub fn unlock(self: Held) void {
        world.cairn_unlock(self.name);
    }
};

/// Waits for one of so many places. `defer` its `unlock`.
pub fn lock(name: []const u8, door: []const u8, places: u32) !Held {
    const held: Held = .{ .name = zeroed(name) };
    _ = try failure_of.valueOf(world.cairn_wait(world.cairn_lock(held.name, zeroed(door), places)));
    return held;
}

/// Ends this run and begins the next under the same id, with this input and an empty journal.
pub fn restart(input: anytype) noreturn {
    world.cairn_restart(json(input));
}

// ---- Who this is, and what others see of it ----

pub const Identity = struct {
    tenant: []const u8,
    workflow: []const u8,
    version: []const u8,
    instance: []const u8,
    started: u64,
};

pub fn who() Identity {
    const me = world.cairn_who();
    return .{
        .tenant = std.mem.span(me.tenant),
        .workflow = std.mem.span(me.workflow),
        .version = std.mem.span(me.version),
        .instance = std.mem.span(me.instance),
        .started = me.started,
    };
}

/// What a status query shows of this run from now on.
pub fn expose(status: anytype) void {
    world.cairn_expose(json(status));
}

pub const Level = enum(c_int) { debug, info, warn, err };

/// A line of the run's log, written once, with the fields of a struct. `std.debug.print` and `std.log` write there as well, at `warn`.
pub fn log(level: Level, message: []const u8, fields: anytype) void {
    world.cairn_log(@intFromEnum(level), zeroed(message), object(fields));
}

/// A line of the run's log at `info`: standard output.
pub fn print(comptime format: []const u8, arguments: anytype) void {
    std.Io.File.stdout().writeStreamingAll(io(), text(format, arguments)) catch @panic("the log cannot be written");
}

// ---- Texts and JSON ----

/// A text of its own, by `std.fmt`.
pub fn text(comptime format: []const u8, arguments: anytype) [:0]const u8 {
    return std.fmt.allocPrintSentinel(allocator, format, arguments, 0) catch exhausted();
}

/// As `text` for keys: texts that it puts in have their %, /, [ and ] percent-encoded, as data has to be.
///
///     cairn.key("item[{s}]/hold", .{item})
pub fn key(comptime format: []const u8, arguments: anytype) [:0]const u8 {
    const names = comptime std.meta.fieldNames(@TypeOf(arguments));
    var encoded: @TypeOf(arguments) = arguments;
    inline for (names) |name| {
        if (@TypeOf(@field(arguments, name)) == []const u8) @field(encoded, name) = encode(@field(arguments, name));
    }
    return text(format, encoded);
}

fn encode(data: []const u8) []const u8 {
    var out: std.Io.Writer.Allocating = .init(allocator);
    for (data) |byte| switch (byte) {
        '%', '/', '[', ']' => out.writer.print("%{X:0>2}", .{byte}) catch exhausted(),
        else => out.writer.writeByte(byte) catch exhausted(),
    };
    return out.written();
}

/// What a run needs of memory it gets, or it ends: there is nothing that it could do about it.
fn exhausted() noreturn {
    @panic("there is no memory left");
}

fn zeroed(of: []const u8) [:0]const u8 {
    return allocator.dupeSentinel(u8, of, 0) catch exhausted();
}

fn json(value: anytype) [:0]const u8 {
    if (@TypeOf(value) == void) return "null";
    var out: std.Io.Writer.Allocating = .init(allocator);
    std.json.Stringify.value(value, .{ .emit_null_optional_fields = false }, &out.writer) catch exhausted();
    out.writer.writeByte(0) catch exhausted();
    const written = out.written();
    return written[0 .. written.len - 1 :0];
}

/// A struct without fields is a tuple to Zig, and would be a list.
fn object(value: anytype) [:0]const u8 {
    if (@typeInfo(@TypeOf(value)) == .@"struct" and comptime std.meta.fieldNames(@TypeOf(value)).len == 0) return "{}";
    return json(value);
}

/// Fields that `T` does not have are passed over.
fn parse(comptime T: type, of: []const u8, comptime what: []const u8) !T {
    if (T == void) return;
    return std.json.parseFromSliceLeaky(T, allocator, of, .{ .ignore_unknown_fields = true }) catch |e| {
        return fail("bad_data", text(what ++ " is not as wanted: {s}", .{@errorName(e)}), null);
    };
}
