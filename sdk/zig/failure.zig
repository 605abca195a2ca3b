//! What goes wrong in a way that a workflow can answer. Errors of Zig carry nothing; what belongs to the newest one is kept here.

const std = @import("std");
const world = @import("world.zig");

/// What a durable operation fails with. `Failed` is every kind that has no error of its own; `cairn.failure` says more of all of them.
pub const Error = error{ Failed, Cancelled, Timeout, BadData };

/// More about an error.
pub const Failure = struct {
    /// What sort, for those who decide by it: `timeout`, `cancelled`, `card_declined` …
    kind: []const u8,
    /// In words.
    message: []const u8,
    /// More, for programs; or null.
    detail: std.json.Value = .null,

    /// Is it of this kind?
    pub fn is(self: Failure, kind: []const u8) bool {
        return std.mem.eql(u8, self.kind, kind);
    }
};

var newest: ?world.Failure = null;

/// What the newest error of this library was about: ask where it is caught.
///
///     const paid = cairn.call(…).wait() catch |e| {
///         if (cairn.failure().is("card_declined")) return …;
///         return e;
///     };
pub fn failure() Failure {
    const of = newest orelse return .{ .kind = "failed", .message = "nothing has failed" };
    const detail = std.json.parseFromSliceLeaky(std.json.Value, world.allocator, std.mem.span(of.detail), .{});
    return .{ .kind = std.mem.span(of.kind), .message = std.mem.span(of.message), .detail = detail catch .null };
}

/// The error to return for a failure of this kind. `detail` is anything that std.json writes, or null.
///
///     return cairn.fail("job_failed", "the job failed", .{ .code = 7 });
pub fn fail(kind: []const u8, message: []const u8, detail: anytype) Error {
    const written = std.json.Stringify.valueAlloc(world.allocator, detail, .{}) catch "null";
    newest = .{ .kind = kept(kind), .message = kept(message), .detail = kept(written) };
    return errorOf(kind);
}

fn kept(of: []const u8) world.Text {
    return world.allocator.dupeSentinel(u8, of, 0) catch @panic("there is no memory left");
}

fn errorOf(kind: []const u8) Error {
    if (std.mem.eql(u8, kind, "cancelled")) return error.Cancelled;
    if (std.mem.eql(u8, kind, "timeout")) return error.Timeout;
    if (std.mem.eql(u8, kind, "bad_data")) return error.BadData;
    return error.Failed;
}

/// The JSON text of a success.
pub fn valueOf(result: world.Result) Error![:0]const u8 {
    if (result.ok) return std.mem.span(result.value.?);
    newest = result.failure;
    return errorOf(std.mem.span(result.failure.kind));
}

/// What is told to the host. An error that is not of this library is of the kind `failed`, with its name as message.
pub fn resultOf(outcome: anyerror![:0]const u8) world.Result {
    const value = outcome catch |e| {
        if (newest) |of| {
            if (e == errorOf(std.mem.span(of.kind))) return world.failed(of);
        }
        return world.failed(.{ .kind = "failed", .message = @errorName(e).ptr, .detail = "null" });
    };
    return .{ .ok = true, .value = value.ptr, .failure = undefined };
}
