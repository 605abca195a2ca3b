// What comes from outside, and what goes there.

import { ask as worldAsk, emit as worldEmit, receive as worldReceive } from "cairn:workflow/event@0.3.0";

import { write } from "./failure.js";
import { Operation } from "./operation.js";
import { millis } from "./span.js";

/** The oldest event of this name, or of one of these, that nobody has taken; also one that came before. */
export function receive(what, { key, where } = {}) {
  const wanted = Array.isArray(what) ? what : [{ event: what, where }];
  const subscriptions = wanted.map((one) => (typeof one === "string" ? { event: one } : one));
  return new Operation(worldReceive(key ?? subscriptions[0].event, subscriptions.map(subscription)));
}

const subscription = ({ event, where = {}, condition }) => ({
  event,
  where: Object.entries(where).map(([field, value]) => [field, write(value, `the field \`${field}\``)]),
  condition: condition === undefined ? undefined : write(condition, "a condition"),
});

/** Asks a person. */
export function ask(whom, question, { key = "ask" } = {}) {
  const { remind, ...task } = typeof question === "string" ? { title: question } : question;
  if (remind !== undefined) task.remind = millis(remind);
  return new Operation(worldAsk(key, whom, write(task, "a question")));
}

/** Sends an event: to one run, or to all that know it. */
export function emit(event, data = {}, { key = `emit/${event}`, to } = {}) {
  return new Operation(worldEmit(key, event, write(data, "an event"), to), () => undefined);
}
