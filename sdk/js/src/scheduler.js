// What runs when.
//
// The world's functions are synchronous: `flow.first` blocks until one of several operations is over. So promises are driven like this, in
// each engine and on every replay alike: the code runs until it can only wait, with all microtasks done; then one thing happens; then the
// code runs again. The one thing is the oldest step of the code's own that was asked for; or else the oldest timer of 0 ms; or else the
// end of an operation, of those that are awaited the one whose outcome was recorded first.
//
// So a step of the code's own has the instance for itself until it ends, however it awaits. What ran beside it when it ran would not run
// beside it when it is answered from the journal.

import * as engine from "cairn-workflow:engine";
import { first } from "cairn:workflow/flow@0.3.0";

/** Operations that are awaited, in the order in which they were. */
let waiting = [];
/** Steps whose turn has not come. */
const steps = [];
/** Callbacks that only wait for the code to come to rest. */
const ticks = [];
/** The step whose body runs: its key, and its timers. */
let body = null;
/** Ends the run with a failure. */
let end = null;

export function waits(operation) {
  waiting.push(operation);
}

export function waitsNoMore(operation) {
  waiting = waiting.filter((other) => other !== operation);
}

export function queueStep(begin) {
  steps.push(begin);
}

export function queueTick(callback) {
  const tick = { callback };
  ticks.push(tick);
  return () => drop(ticks, tick);
}

/** The step whose body runs, if one does. */
export const currentBody = () => body;

export function enterBody(key) {
  body = { key, timers: [] };
}

export function leaveBody() {
  body = null;
}

/** Calls back after so many milliseconds of the body's own time; gives what takes it back. */
export function pauseBody(millis, callback) {
  const { timers } = body;
  const timer = { due: Date.now() + millis, callback };
  timers.push(timer);
  return () => drop(timers, timer);
}

function drop(list, one) {
  const index = list.indexOf(one);
  if (index >= 0) list.splice(index, 1);
}

/** Does a workflow run? While the component is built, none does. */
export const running = () => end !== null;

/** Ends the run: it fails with this, whatever it is doing. */
export function fail(error) {
  end(error);
}

/** Calls back; what it throws ends the run. */
export function guarded(callback) {
  try {
    callback();
  } catch (error) {
    fail(error);
  }
}

/**
 * Runs `main` to its end. Gives what the engine makes of the promise of its result: that promise, where the engine drives promises, or the
 * result itself.
 */
export function drive(main, settled) {
  let over = false;
  const run = new Promise((resolve, reject) => {
    const ends = (settle) => (value) => {
      over = true;
      settle(value);
    };
    end = ends(reject);
    Promise.resolve().then(main).then(rest).then(ends(resolve), end);
  });
  return engine.drive(settled(run), () => {
    let pause = 0;
    if (!over) guarded(() => (pause = next()));
    return over ? null : pause;
  });
}

/** The result, when steps that nobody awaited are done as well: they were asked for. */
async function rest(result) {
  while (steps.length > 0) await new Promise((resolve) => queueTick(resolve));
  return result;
}

/** The code can only wait: makes one thing happen, or gives the milliseconds until one can. */
function next() {
  if (body !== null) return nap(body);
  if (steps.length > 0) {
    steps.shift()();
  } else if (ticks.length > 0) {
    ticks.shift().callback();
  } else if (waiting.length > 0) {
    const index = waiting.length === 1 ? 0 : first(waiting.map((operation) => operation.handle));
    waiting.splice(index, 1)[0].settle();
  } else {
    throw new Error("the workflow awaits a promise that nothing resolves");
  }
  return 0;
}

function nap({ key, timers }) {
  if (timers.length === 0) throw new Error(`the body of the step \`${key}\` awaits a promise that nothing resolves`);
  const timer = timers.reduce((one, other) => (other.due < one.due ? other : one));
  const pause = timer.due - Date.now();
  if (pause > 0) return pause;
  drop(timers, timer);
  timer.callback();
  return 0;
}
