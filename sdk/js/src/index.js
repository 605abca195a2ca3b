// Durable workflows in JavaScript and TypeScript: what a workflow imports.

import { complain } from "cairn-workflow:engine";

import { numbered } from "./block.js";
import { drewWhileBuilt } from "./chance.js";
import { complainOf } from "./console.js";
import { Failure, toWorld, write } from "./failure.js";
import { drive } from "./scheduler.js";

export { block } from "./block.js";
export { expose, log, random, who } from "./context.js";
export { ask, emit, receive } from "./event.js";
export { Failure } from "./failure.js";
export { child, first, lock, restart, spawn } from "./flow.js";
export { key } from "./key.js";
export { Operation } from "./operation.js";
export { call, step, undo, undoDepth, unwind } from "./step.js";
export { calendar, now, sleep, sleepUntil } from "./time.js";

const BAKED = "a module drew chance at its top: that was while the component was built, and is the same in all runs; draw it in the workflow";

const made = new WeakSet();

/** Makes a function the workflow of this component: `export const run = workflow(async (input) => …)`. */
export function workflow(main) {
  const run = (json) => ended(() => main(JSON.parse(json)));
  made.add(run);
  return run;
}

/** For what is built around the workflow's module: the bindings would die of any other function, and not before it runs. */
export function entry(run) {
  if (!made.has(run)) throw new Error("`run` is to be made by `workflow`: export const run = workflow(async (input) => …)");
  return run;
}

/** What the component exports beside `run`. */
export const blocks = {
  runBlock: (number, captured) => ended(() => numbered(number, captured)),
};

/** Runs it to its end. */
function ended(main) {
  const settled = (run) => run.then((result) => write(result, "the result")).catch(failed);
  if (drewWhileBuilt()) complain(BAKED);
  return drive(main, settled);
}

/** Throws what both engines make a failure of the world of. */
function failed(error) {
  throw Object.assign(new Error("the workflow failed"), { payload: toWorld(asFailure(error)) });
}

function asFailure(error) {
  if (error instanceof Failure) return error;
  complainOf(error);
  return new Failure("trapped", error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`);
}
