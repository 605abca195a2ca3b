/* An order: what was done is undone, newest first, when a later step fails. */
#include <cairn.h>

static const cairn_options patient = {.timeout_ms = 10000, .attempts = 4};

/* Holds one item, and registers what gives it back. */
static cairn_result reserve(const char *item)
{
    const char *key = cairn_key("item[%s]", item);
    cairn_result held = cairn_wait(cairn_call(cairn_format("%s/hold", key), "inventory.reserve", cairn_json("{'item': %s}", item), &patient));
    if (!held.ok)
        return held;
    const char *hold = cairn_text(cairn_field(cairn_read(held.value), "hold"));
    if (!hold)
        return cairn_fail("bad_data", "the inventory gave no hold", held.value);
    cairn_undo(cairn_format("%s/hold.undo", key), "inventory.release", cairn_json("{'hold': %s}", hold), &patient);
    return held;
}

cairn_result cairn_run(const char *input)
{
    const cairn_value *given = cairn_read(input);
    const char *order = cairn_text(cairn_field(given, "id"));
    const cairn_value *items = cairn_field(given, "items");
    int64_t cents = cairn_integer(cairn_field(given, "cents"), -1);
    if (!order || !items || cents < 0)
        return cairn_fail("bad_data", "an order has an id, items and cents", NULL);

    for (const cairn_value *item = items->first; item; item = item->next) {
        cairn_result held = reserve(cairn_text(item));
        if (!held.ok)
            return held;
    }

    cairn_result paid = cairn_wait(cairn_call("charge", "payments.charge", cairn_json("{'order': %s, 'cents': %lld}", order, cents), &patient));
    if (!paid.ok)
        return paid;
    const char *charge = cairn_text(cairn_field(cairn_read(paid.value), "charge"));
    cairn_undo("charge.undo", "payments.refund", cairn_json("{'charge': %s}", charge), &patient);

    cairn_result shipped = cairn_wait(cairn_call("ship", "dispatch.book", cairn_json("{'order': %s}", order), &patient));
    if (!shipped.ok)
        return shipped;
    return cairn_ok(cairn_json("{'order': %s, 'charge': %s}", order, charge));
}
