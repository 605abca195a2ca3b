// Several things at once, other workflows, and a long life.

import { child as worldChild, lock as worldLock, restart as worldRestart, spawn as worldSpawn, unlock } from "cairn:workflow/flow@0.3.0";

import { write } from "./failure.js";
import { Operation } from "./operation.js";

/** The place, from 0, of the one that is over first. */
export function first(of) {
  return Promise.race(
    Array.from(of, (one, place) => {
      const here = () => place;
      return Promise.resolve(one).then(here, here);
    }),
  );
}

/** Starts another workflow that was deployed together with this one, and waits for its result. */
export function child(workflow, input = {}, { key = workflow } = {}) {
  return new Operation(worldChild(key, workflow, write(input, "an input")));
}

/** As `child`, and lets it go its own way: gives its id. */
export function spawn(workflow, input = {}, { key = workflow } = {}) {
  return new Operation(worldSpawn(key, workflow, write(input, "an input")));
}

/** Holds one of so many places under a name of the tenant while `body` runs. */
export async function lock(name, body, { key = name, places = 1 } = {}) {
  await new Operation(worldLock(key, name, places));
  try {
    return await body();
  } finally {
    unlock(key);
  }
}

/** Ends this run and begins the next under the same id. */
export function restart(input) {
  worldRestart(write(input, "an input"));
  throw new Error("the run was to begin anew, and went on");
}
