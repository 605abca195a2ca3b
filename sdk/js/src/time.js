// Time: durable sleeps, the recorded moment, and the timers that JavaScript has.

import { now as worldNow, calendar as worldCalendar } from "cairn:workflow/context@0.3.0";
import { span as worldSpan, until as worldUntil } from "cairn:workflow/sleep@0.3.0";

import { failureOf, write } from "./failure.js";
import { Operation } from "./operation.js";
import { currentBody, fail, guarded, pauseBody, queueTick } from "./scheduler.js";
import { duration, instant, millis } from "./span.js";

const nothing = () => undefined;

export function sleep(span, { key = "sleep" } = {}) {
  return new Operation(worldSpan(key, duration(span)), nothing);
}

export function sleepUntil(at, { key = "sleep" } = {}) {
  return new Operation(worldUntil(key, instant(at)), nothing);
}

/** The host's clock at this moment, recorded. */
export function now({ key = "now" } = {}) {
  return new Date(Number(worldNow(key)));
}

/** Calendar arithmetic by the rules of a time zone; what was asked is recorded with its answer. */
export function calendar(question, { of = Date.now(), zone = "UTC", arguments: args = [], key = "calendar" } = {}) {
  try {
    return JSON.parse(worldCalendar(key, question, instant(of), zone, write(args, "the arguments of a question")));
  } catch (thrown) {
    throw failureOf(thrown);
  }
}

let timers = 0;
/** What takes back the timers that are set, by their numbers. */
const set = new Map();

/** As everywhere, and durable: in a body it takes its time in earnest. */
export function setTimeout(callback, span = 0, ...args) {
  timers += 1;
  const id = timers;
  const due = () => {
    set.delete(id);
    callback(...args);
  };
  set.set(id, begin(Math.max(0, Number(span) || 0), due));
  return id;
}

function begin(span, due) {
  if (currentBody() !== null) return pauseBody(span, due);
  if (span === 0) return queueTick(due);
  const nap = sleep(millis(span));
  // Whoever sleeps in this way cannot be told that the run is to end.
  nap.then(() => guarded(due), fail);
  return () => nap.abandon();
}

export function clearTimeout(id) {
  set.get(id)?.();
  set.delete(id);
}

export function setInterval(callback, span = 0, ...args) {
  timers += 1;
  const id = timers;
  const again = () => {
    set.set(id, begin(Math.max(1, Number(span) || 0), round));
  };
  const round = () => {
    again();
    callback(...args);
  };
  again();
  return id;
}
