//! Starts a job and looks after it, with growing pauses.

const std = @import("std");
const cairn = @import("cairn");

const Input = struct { scene: []const u8 };
const Job = struct { id: []const u8 };
const State = struct { state: []const u8, url: ?[]const u8 = null };

fn run(input: Input) ![]const u8 {
    const job = try cairn.call(Job, "start", "render.start", .{ .scene = input.scene }, .{}).wait();
    for (0..20) |round| {
        const seen = try cairn.call(State, cairn.key("look[{d}]/seen", .{round}), "render.look", .{ .id = job.id }, .{}).wait();
        if (std.mem.eql(u8, seen.state, "done")) {
            return seen.url orelse cairn.fail("bad_data", "it is done and nowhere", null);
        }
        if (std.mem.eql(u8, seen.state, "failed")) {
            return cairn.fail("job_failed", cairn.text("the job {s} failed", .{job.id}), null);
        }
        try cairn.sleep(cairn.key("look[{d}]/sleep", .{round}), @as(u32, 100) << @intCast(@min(round, 6))).wait();
    }
    return cairn.fail("timeout", "the job did not come to its end", null);
}

comptime {
    cairn.workflow(run);
}
