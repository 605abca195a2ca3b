// Chance: drawn from the host while the workflow runs. An engine's own is seeded when the component is built, and so the same in all runs.

import { chance as drawn } from "cairn-workflow:engine";

import { running } from "./scheduler.js";

/** So many bytes may be asked for at once. */
const MOST = 65_536;

let baked = false;

/** Did a module draw when it was loaded? */
export const drewWhileBuilt = () => baked;

/** While the component is built there is no host, and what modules draw then is in all runs the same, whatever it is. */
function chance(array) {
  if (running()) return drawn(array);
  baked = true;
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).forEach((_, at, bytes) => (bytes[at] = fixed() >>> 24));
  return array;
}

let state = 0x9e3779b9;

/** The next of a sequence of 32 bits: Marsaglia's xorshift. */
function fixed() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state;
}

/** As `Math.random`. */
export function draw() {
  const [high, low] = chance(new Uint32Array(2));
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

export function getRandomValues(array) {
  if (!ArrayBuffer.isView(array)) throw new TypeError("random values go into a typed array");
  if (array.byteLength > MOST) throw new RangeError(`no more than ${MOST} random bytes at once`);
  return chance(array);
}

export function randomUUID() {
  const bytes = chance(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
