// An order: what was done is undone, newest first, when a later step fails.

import { call, key, undo, workflow } from "cairn-workflow";

const patient = { timeout: "10s", retry: { attempts: 4 } };

export const run = workflow(async (order) => {
  for (const item of order.items) {
    const held = await call("inventory.reserve", { item }, { key: key`item[${item}]/hold`, ...patient });
    undo("inventory.release", { hold: held.hold }, { key: key`item[${item}]/hold.undo`, ...patient });
  }
  const payment = { order: order.id, cents: order.cents };
  const { charge } = await call("payments.charge", payment, { key: "charge", ...patient });
  undo("payments.refund", { charge }, { key: "charge.undo", ...patient });
  await call("dispatch.book", { order: order.id }, { key: "ship", ...patient });
  return { order: order.id, charge };
});
