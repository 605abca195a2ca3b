//! Many calls at once, then their sum.

const cairn = @import("cairn");

const Input = struct { files: []const []const u8 };
const Rows = struct { rows: u64 };

fn run(input: Input) !u64 {
    const parsed = try cairn.allocator.alloc(cairn.Operation(Rows), input.files.len);
    for (parsed, input.files) |*one, file| {
        one.* = cairn.call(Rows, cairn.key("rows/file[{s}]/parse", .{file}), "rows.parse", .{ .file = file }, .{});
    }
    var rows: u64 = 0;
    for (parsed) |one| rows += (try one.wait()).rows;
    return rows;
}

comptime {
    cairn.workflow(run);
}
