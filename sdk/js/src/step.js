// Work that is done at least once and recorded once.

import { begin, end, call as worldCall, undo as worldUndo, undoDepth as worldDepth, unwind as worldUnwind } from "cairn:workflow/step@0.3.0";

import { complainOf } from "./console.js";
import { Failure, ofWorld, toWorld, write } from "./failure.js";
import { Operation } from "./operation.js";
import { options } from "./options.js";
import { currentBody, enterBody, fail, leaveBody, queueStep } from "./scheduler.js";

/**
 * A step of the code's own: `body` runs until it succeeds or its attempts are used up, its outcome is recorded, and it does not run again.
 */
export function step(key, body, given = {}) {
  const wanted = options(given);
  // The host says that it cannot be within another.
  if (currentBody() !== null) begin(key, wanted);
  return new Promise((resolve, reject) => {
    queueStep(() => turn(begin(key, wanted), { key, body, resolve, reject }));
  });
}

function turn(what, step) {
  if (what.tag === "recorded") {
    const { tag, val } = what.val;
    return tag === "ok" ? step.resolve(JSON.parse(val)) : step.reject(ofWorld(val));
  }
  const { number, idempotencyKey } = what.val;
  const over = (outcome) => {
    leaveBody();
    turn(end(outcome), step);
  };
  const failed = (error) => over({ tag: "err", val: toWorld(failureOfBody(error)) });
  const ended = (value) => over(written(value, step.key));
  enterBody(step.key);
  let result;
  try {
    result = step.body({ number, idempotencyKey });
  } catch (error) {
    return failed(error);
  }
  if (typeof result?.then !== "function") return ended(result);
  Promise.resolve(result).then(ended, failed).catch(fail);
}

function written(value, key) {
  try {
    return { tag: "ok", val: write(value, `the result of the step \`${key}\``) };
  } catch (failure) {
    return { tag: "err", val: toWorld(failure) };
  }
}

/** What a body throws is its outcome; where it came from is in the log. */
function failureOfBody(error) {
  if (error instanceof Failure) return error;
  complainOf(error);
  return new Failure("failed", error instanceof Error ? error.message : String(error));
}

const request = (tool, args) => ({ tool, arguments: write(args, "the arguments of a call"), secrets: [] });

/** Asks a tool of the tenant; begins at once. */
export function call(tool, args = {}, given = {}) {
  return new Operation(worldCall(given.key ?? tool, request(tool, args), options(given)));
}

/** Registers what takes back what was done. */
export function undo(tool, args = {}, given = {}) {
  worldUndo(given.key ?? tool, request(tool, args), options(given));
}

export const undoDepth = () => worldDepth();

/** Takes back what was registered, newest first. */
export function unwind({ key = "unwind", depth = 0 } = {}) {
  return new Operation(worldUnwind(key, depth), () => undefined);
}
