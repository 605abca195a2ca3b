//! Asks a person, and does not wait for ever.

const std = @import("std");
const cairn = @import("cairn");

const Input = struct { text: []const u8, editor: []const u8, patience_ms: u64 };

fn run(input: Input) ![]const u8 {
    const answer = cairn.ask("approve", input.editor, .{
        .title = "Publish this?",
        .text = input.text,
        .choices = &.{ "yes", "no" },
    });
    const patience = cairn.sleep("approve.deadline", input.patience_ms);

    switch (cairn.first(.{ .answer = answer, .too_late = patience })) {
        .too_late => {
            answer.cancel();
            return cairn.fail("timeout", cairn.text("{s} did not answer", .{input.editor}), null);
        },
        .answer => {
            const said = try answer.wait();
            if (std.mem.eql(u8, said.choice, "yes")) return cairn.text("published; {s} agreed", .{said.by});
            return cairn.fail("rejected", cairn.text("{s} did not agree", .{said.by}), null);
        },
    }
}

comptime {
    cairn.workflow(run);
}
