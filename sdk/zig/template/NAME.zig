//! NAME: a step, a sleep and an event.

const cairn = @import("cairn");

const Input = struct { name: []const u8 };
const Word = struct { word: []const u8 };

fn run(input: Input) ![]const u8 {
    const greeting = try cairn.step("greet", .{}, greet, .{input.name});
    cairn.print("{s}\n", .{greeting});
    cairn.pause(200);
    const event = try cairn.receive(Word, "answer", "answer", .{}).wait();
    return cairn.text("{s} {s} said {s}.", .{ greeting, input.name, event.data.word });
}

fn greet(_: cairn.Attempt, name: []const u8) []const u8 {
    return cairn.text("Hello, {s}!", .{name});
}

comptime {
    cairn.workflow(run);
}
