//! An order: what was done is undone, newest first, when a later step fails.

const cairn = @import("cairn");

const Order = struct { id: []const u8, items: []const []const u8, cents: u64 };
const Receipt = struct { order: []const u8, charge: []const u8 };

const patient: cairn.Options = .{ .timeout_ms = 10_000, .retry = .{ .attempts = 4 } };

fn run(order: Order) !Receipt {
    for (order.items) |item| {
        const key = cairn.key("item[{s}]", .{item});
        const Hold = struct { hold: []const u8 };
        const held = try cairn.call(Hold, cairn.text("{s}/hold", .{key}), "inventory.reserve", .{ .item = item }, patient).wait();
        cairn.undo(cairn.text("{s}/hold.undo", .{key}), "inventory.release", .{ .hold = held.hold }, patient);
    }

    const Charge = struct { charge: []const u8 };
    const paid = try cairn.call(Charge, "charge", "payments.charge", .{ .order = order.id, .cents = order.cents }, patient).wait();
    cairn.undo("charge.undo", "payments.refund", .{ .charge = paid.charge }, patient);

    try cairn.call(void, "ship", "dispatch.book", .{ .order = order.id }, patient).wait();
    return .{ .order = order.id, .charge = paid.charge };
}

comptime {
    cairn.workflow(run);
}
