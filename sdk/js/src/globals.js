// What people expect in every JavaScript, made durable and the same in each engine. It is loaded before the workflow.

import { who } from "cairn:workflow/context@0.3.0";

import { draw, getRandomValues, randomUUID } from "./chance.js";
import { ownConsole } from "./console.js";
import { OwnPromise, queueJob } from "./promise.js";
import { guarded, running } from "./scheduler.js";
import { TextDecoder, TextEncoder } from "./text.js";
import { clearTimeout, setInterval, setTimeout } from "./time.js";

function define(target, names) {
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/** When the run was started; nothing runs yet while the component is built. */
const started = () => (running() ? Number(who().started) : Date.now());

define(globalThis, { console: ownConsole, setTimeout, setInterval, clearTimeout, clearInterval: clearTimeout });
define(Math, { random: draw });

// The engine's own counts from when the component was built.
define(globalThis, {
  performance: {
    now: () => Date.now() - started(),
    get timeOrigin() {
      return started();
    },
  },
});

const crypto = globalThis.crypto ?? {};
define(crypto, { getRandomValues, randomUUID });
define(globalThis, { crypto });

if (globalThis.TextEncoder === undefined) define(globalThis, { TextEncoder, TextDecoder });

// `OWN_PROMISES` is decided when the workflow is built.
if (OWN_PROMISES) {
  const queueMicrotask = (callback) => queueJob(() => guarded(callback));
  define(globalThis, { Promise: OwnPromise, queueMicrotask });
  // These give promises of the engine, which nothing would ever settle.
  define(Array, { fromAsync });
  delete globalThis.AsyncDisposableStack;
}

async function fromAsync(items, map = (item) => item) {
  const all = [];
  for await (const item of items) all.push(await map(item, all.length));
  return all;
}
