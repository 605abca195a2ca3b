//! Does what its input says and tells what it saw: for the tests of the host.

const std = @import("std");
const cairn = @import("cairn");

const Value = std.json.Value;

/// What all the cases take.
const Input = struct {
    case: []const u8,
    value: Value = .null,
    text: []const u8 = "",
    texts: []const []const u8 = &.{},
    ms: u32 = 0,
    at: u64 = 0,
    id: Value = .null,
    n: u32 = 0,
};

/// One function for each case, of its name.
const cases = struct {
    pub fn echo(input: Input) !Value {
        return input.value;
    }

    pub fn fail(_: Input) !Value {
        return cairn.fail("refused", "as asked", .{ .code = 7 });
    }

    pub fn crash(_: Input) !Value {
        @panic("as the input said");
    }

    // Calls

    pub fn call(input: Input) !Value {
        return cairn.call(Value, "call", "t.echo", .{ .text = input.text }, .{}).wait();
    }

    pub fn call_failed(_: Input) !cairn.Failure {
        _ = cairn.call(Value, "refuse", "t.refuse", .{}, .{}).wait() catch return cairn.failure();
        return error.NotRefused;
    }

    pub fn call_uncaught(_: Input) !Value {
        return cairn.call(Value, "refuse", "t.refuse", .{}, .{}).wait();
    }

    pub fn call_retry(_: Input) !Value {
        return cairn.call(Value, "shaky", "t.shaky", .{}, .{ .retry = .{ .attempts = 3, .delay_ms = 10 } }).wait();
    }

    pub fn call_not_retried(_: Input) ![]const u8 {
        const options: cairn.Options = .{ .retry = .{ .attempts = 3, .delay_ms = 10, .on = &.{"http_5xx"} } };
        _ = cairn.call(Value, "refuse", "t.refuse", .{}, options).wait() catch return cairn.failure().kind;
        return error.NotRefused;
    }

    pub fn call_timeout(_: Input) ![]const u8 {
        _ = cairn.call(Value, "slow", "t.slow", .{}, .{ .timeout_ms = 200 }).wait() catch |e| switch (e) {
            error.Timeout => return cairn.failure().kind,
            else => return e,
        };
        return error.NotSlow;
    }

    pub fn together(input: Input) ![]Value {
        const begun = try cairn.allocator.alloc(cairn.Operation(Value), input.texts.len);
        const results = try cairn.allocator.alloc(Value, input.texts.len);
        for (begun, input.texts) |*one, text| {
            one.* = cairn.call(Value, cairn.key("item[{s}]", .{text}), "t.slowly", .{ .text = text }, .{});
        }
        for (begun, results) |one, *result| result.* = try one.wait();
        return results;
    }

    pub fn first(_: Input) !struct { index: usize, result: Value } {
        const both = [_]cairn.Operation(Value){
            cairn.call(Value, "a", "t.slow", .{}, .{}),
            cairn.call(Value, "b", "t.echo", .{ .text = "b" }, .{}),
        };
        const index = cairn.firstOf(Value, &both);
        both[1 - index].cancel();
        _ = try go();
        return .{ .index = index, .result = try both[index].wait() };
    }

    // Time and chance

    pub fn sleep(input: Input) !i64 {
        const before = wall();
        try cairn.sleep("nap", input.ms).wait();
        return wall() - before;
    }

    pub fn sleep_native(input: Input) !i64 {
        const before = wall();
        try std.Io.sleep(cairn.io(), .fromMilliseconds(input.ms), .awake);
        return wall() - before;
    }

    pub fn sleep_until(input: Input) !i64 {
        try cairn.sleepUntil("until", input.at).wait();
        return wall();
    }

    pub fn time(_: Input) !struct { frozen: bool, wall: i64 } {
        const clocks = [_]std.Io.Clock{ .real, .awake };
        var before: [2]i96 = undefined;
        var after: [2]i96 = undefined;
        for (&before, clocks) |*at, clock| at.* = clock.now(cairn.io()).nanoseconds;
        const seen = wall();
        var sum: u64 = 0;
        for (0..100_000) |n| {
            sum = sum *% 31 +% n;
            std.mem.doNotOptimizeAway(sum);
        }
        for (&after, clocks) |*at, clock| at.* = clock.now(cairn.io()).nanoseconds;
        cairn.print("wall {d}\n", .{seen});
        _ = try go();
        return .{ .frozen = std.mem.eql(i96, &before, &after), .wall = seen };
    }

    pub fn random(_: Input) ![]const u8 {
        var drawn: [2]u64 = undefined;
        for (&drawn) |*one| cairn.io().random(std.mem.asBytes(one));
        const text = cairn.text("{d} {d}", .{ drawn[0], drawn[1] });
        cairn.print("{s}\n", .{text});
        _ = try go();
        return text;
    }

    pub fn now(_: Input) !u64 {
        const moment = cairn.now("moment");
        cairn.print("now {d}\n", .{moment});
        _ = try go();
        return moment;
    }

    // Events

    pub fn event(_: Input) !Value {
        return go();
    }

    pub fn two_events(_: Input) ![2]Value {
        var numbers: [2]Value = undefined;
        const Numbered = struct { n: Value };
        for (&numbers, [_][]const u8{ "one", "two" }) |*n, key| n.* = (try cairn.receive(Numbered, key, "go", .{}).wait()).data.n;
        return numbers;
    }

    pub fn event_where(input: Input) !Value {
        return (try cairn.receive(Value, "go", "go", .{ .id = input.id }).wait()).data;
    }

    pub fn event_timeout(input: Input) ![]const u8 {
        const came = cairn.receive(Value, "go", "go", .{});
        const patience = cairn.sleep("patience", input.ms);
        switch (cairn.first(.{ .came = came, .late = patience })) {
            .came => {
                patience.cancel();
                return "came";
            },
            .late => {
                came.cancel();
                return "late";
            },
        }
    }

    pub fn ask(_: Input) !struct { choice: []const u8, by: []const u8 } {
        const said = try cairn.ask("ask", "ops", .{ .title = "Go on?", .choices = &.{ "yes", "no" } }).wait();
        return .{ .choice = said.choice, .by = said.by };
    }

    pub fn emit(_: Input) !Value {
        try cairn.emit("tell", "go", .{ .n = 1 }, cairn.who().instance).wait();
        return go();
    }

    // Steps

    pub fn step(_: Input) !Value {
        const body = struct {
            fn body(_: cairn.Attempt) Value {
                cairn.print("body ran\n", .{});
                return std.json.parseFromSliceLeaky(Value, cairn.allocator, "{\"n\": 1}", .{}) catch unreachable;
            }
        }.body;
        const given = try cairn.step("body", .{}, body, .{});
        _ = try go();
        return given;
    }

    const Shaken = struct { attempt: u32, key: []const u8 };

    pub fn step_retry(_: Input) !Shaken {
        const shake = struct {
            fn shake(attempt: cairn.Attempt) !Shaken {
                cairn.print("attempt {d}\n", .{attempt.number});
                if (attempt.number < 3) return cairn.fail("shaky", cairn.text("attempt {d}", .{attempt.number}), null);
                return .{ .attempt = 3, .key = attempt.idempotency_key };
            }
        }.shake;
        const options: cairn.Options = .{ .retry = .{ .attempts = 3, .delay_ms = 20, .on = &.{"shaky"} } };
        const given = try cairn.step("shaky", options, shake, .{});
        _ = try go();
        return given;
    }

    pub fn step_failed(_: Input) ![]const u8 {
        const lose = struct {
            fn lose(_: cairn.Attempt) !void {
                return cairn.fail("gone", "for good", null);
            }
        }.lose;
        cairn.step("lost", .{}, lose, .{}) catch return cairn.failure().kind;
        return error.NotLost;
    }

    pub fn step_slow(_: Input) !struct { attempt: u32 } {
        const slowly = struct {
            fn slowly(attempt: cairn.Attempt) u32 {
                if (attempt.number == 1) computeForEver();
                return attempt.number;
            }
        }.slowly;
        const options: cairn.Options = .{ .timeout_ms = 300, .retry = .{ .attempts = 2, .delay_ms = 10 } };
        return .{ .attempt = try cairn.step("slow", options, slowly, .{}) };
    }

    pub fn step_nested(_: Input) !u32 {
        const nested = struct {
            fn outer(_: cairn.Attempt) !u32 {
                return cairn.step("inner", .{}, inner, .{});
            }

            fn inner(_: cairn.Attempt) u32 {
                return 1;
            }
        };
        return cairn.step("outer", .{}, nested.outer, .{});
    }

    pub fn call_in_step(_: Input) !Value {
        const calling = struct {
            fn calling(_: cairn.Attempt) !Value {
                return cairn.call(Value, "call", "t.echo", .{ .text = "in a step" }, .{}).wait();
            }
        }.calling;
        return cairn.step("outer", .{}, calling, .{});
    }

    // Undos

    pub fn undo(_: Input) !Value {
        _ = try reserve("a");
        _ = try reserve("b");
        return cairn.fail("refused", "after both", null);
    }

    pub fn unwind(_: Input) ![]const u8 {
        const depth = cairn.undoDepth();
        _ = try reserve("a");
        try cairn.unwind("back", depth);
        return "back";
    }

    pub fn undo_cancel(_: Input) !Value {
        _ = try reserve("a");
        return go();
    }

    pub fn cancel_seen(_: Input) !Value {
        return go() catch |e| {
            if (e == error.Cancelled) cairn.print("cleaning up\n", .{});
            return e;
        };
    }

    // What has no end

    pub fn loop(_: Input) !Value {
        computeForEver();
    }

    pub fn memory(_: Input) !Value {
        while (true) {
            const more = cairn.allocator.alloc(u8, 1 << 20) catch @panic("there is no memory left");
            @memset(more, 1);
            std.mem.doNotOptimizeAway(more.ptr);
        }
    }

    pub fn restart(input: Input) ![]const u8 {
        if (input.n > 0) cairn.restart(.{ .case = "restart", .n = input.n - 1 });
        return "done";
    }

    // The rest

    pub fn lock(_: Input) ![]const u8 {
        const door = try cairn.lock("door", "door", 1);
        defer door.unlock();
        _ = try go();
        return "held";
    }

    pub fn who(_: Input) !struct { instance: []const u8, workflow: []const u8 } {
        const me = cairn.who();
        return .{ .instance = me.instance, .workflow = me.workflow };
    }

    pub fn expose(_: Input) !Value {
        cairn.expose(.{ .at = "door" });
        _ = try go();
        return .null;
    }

    pub fn log(_: Input) !Value {
        cairn.log(.info, "noted", .{ .n = 1 });
        cairn.log(.warn, "careful", .{});
        _ = try go();
        return .null;
    }

    pub fn print(_: Input) !Value {
        cairn.print("one\n", .{});
        std.debug.print("two\n", .{});
        _ = try go();
        cairn.print("three", .{});
        return .null;
    }

    pub fn closed(_: Input) !struct { file: bool, vars: usize, args: usize } {
        var vars: usize = undefined;
        var args: usize = undefined;
        var bytes: usize = undefined;
        _ = std.os.wasi.environ_sizes_get(&vars, &bytes);
        _ = std.os.wasi.args_sizes_get(&args, &bytes);
        const file = std.Io.Dir.openFile(.cwd(), cairn.io(), "/etc/passwd", .{});
        return .{ .file = if (file) |_| true else |_| false, .vars = vars, .args = args -| 1 };
    }

    pub fn exit(_: Input) !Value {
        std.process.exit(3);
    }

    pub fn blocks(_: Input) ![2]Part {
        const a = parts.begin(.part, "part[a]", "a");
        const b = parts.begin(.part, "part[b]", "b");
        return .{ try a.wait(), try b.wait() };
    }

    pub fn block_failed(_: Input) !struct { kind: []const u8, message: []const u8 } {
        _ = parts.begin(.bad, "bad", null).wait() catch {
            const failure = cairn.failure();
            return .{ .kind = failure.kind, .message = failure.message };
        };
        return cairn.fail("bad_data", "it was to fail", null);
    }

    pub fn block_undo(_: Input) !Value {
        _ = try parts.begin(.good, "good", null).wait();
        return cairn.fail("refused", "as asked", null);
    }

    pub fn saga(_: Input) !struct { a: Value, body: u32, b: Value, go: Value } {
        const once = struct {
            fn once(_: cairn.Attempt) u32 {
                cairn.print("body\n", .{});
                return 1;
            }
        }.once;
        const a = try reserve("a");
        const body = try cairn.step("body", .{}, once, .{});
        try cairn.sleep("nap", 5).wait();
        const b = try reserve("b");
        return .{ .a = a, .body = body, .b = b, .go = try go() };
    }
};

const parts = cairn.Blocks(.{ .part = part, .bad = bad, .good = good });

const Part = struct { []const u8, Value };

fn part(text: []const u8) !Part {
    cairn.print("part {s}\n", .{text});
    const said = try cairn.call(Value, "say", "t.slowly", .{ .text = text }, .{}).wait();
    try cairn.sleep("nap", 5).wait();
    return .{ text, said };
}

fn bad(_: ?u32) !?u32 {
    _ = try reserve("a");
    return cairn.fail("refused", "as asked", null);
}

fn good(_: ?u32) !?u32 {
    _ = try reserve("a");
    _ = try reserve("b");
    return null;
}

fn go() !Value {
    return (try cairn.receive(Value, "go", "go", .{}).wait()).data;
}

fn reserve(comptime item: []const u8) !Value {
    const held = try cairn.call(Value, item, "t.reserve", .{ .item = item }, .{}).wait();
    cairn.undo("undo_" ++ item, "t.release", .{ .item = item }, .{});
    return held;
}

fn wall() i64 {
    return std.Io.Clock.real.now(cairn.io()).toMilliseconds();
}

fn computeForEver() noreturn {
    var n: u32 = 0;
    while (true) : (n +%= 1) std.mem.doNotOptimizeAway(n);
}

/// What a case gives is of its own type; it goes out as JSON.
fn run(input: Input) !Value {
    inline for (comptime std.meta.declarations(cases)) |name| {
        if (std.mem.eql(u8, name, input.case)) return written(try @field(cases, name)(input));
    }
    return cairn.fail("bad_data", cairn.text("no such case: {s}", .{input.case}), null);
}

fn written(value: anytype) !Value {
    const text = try std.json.Stringify.valueAlloc(cairn.allocator, value, .{});
    return std.json.parseFromSliceLeaky(Value, cairn.allocator, text, .{});
}

comptime {
    cairn.workflow(run);
    parts.exported();
}
