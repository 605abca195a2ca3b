// Who is running, and what others may read of it.

import { expose as worldExpose, log as worldLog, random as worldRandom, who as worldWho } from "cairn:workflow/context@0.3.0";

import { write } from "./failure.js";

export function who() {
  const { tenant, workflow, version, instance, started } = worldWho();
  return { tenant, workflow, version, instance, started: new Date(Number(started)) };
}

/** What a status query shows of this run from now on. */
export function expose(status) {
  worldExpose(write(status, "a status"));
}

/** A number from 0 up to 1, recorded under a key of its own. */
export function random({ key = "random" } = {}) {
  // One engine gives all 64 bits, the other the nearest number.
  return Math.min(Number(worldRandom(key)) / 2 ** 64, 1 - 2 ** -53);
}

const at =
  (level) =>
  (message, fields = {}) =>
    worldLog(level, String(message), write(fields, "the fields of a line"));

/** Lines of the run's log, with fields; `console` writes there too, without. */
export const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
