// QuickJS (componentize-qjs): it runs no job of a native promise while an export is called. So promises are the library's own, and async
// functions are made into generators when the workflow is built: see `promise.js` and `bin`.

import { getStdout } from "wasi:cli/stdout@0.2.0";
import { getStderr } from "wasi:cli/stderr@0.2.0";
import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";
import { getRandomBytes } from "wasi:random/random@0.2.0";

import { OwnPromise, runJobs } from "../promise.js";
import { utf8 } from "../text.js";

/** So much may be written at once, in bytes. */
const PERMIT = 4096;

export const u64 = (number) => number;

export function chance(bytes) {
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).set(getRandomBytes(bytes.byteLength));
  return bytes;
}

export const print = (line) => write(getStdout(), line);

export const complain = (line) => write(getStderr(), line);

function write(stream, line) {
  const bytes = utf8(`${line}\n`);
  for (let at = 0; at < bytes.length; at += PERMIT) stream.blockingWriteAndFlush(bytes.subarray(at, at + PERMIT));
  stream[Symbol.dispose]();
}

function pauses(millis) {
  const pollable = subscribeDuration(millis * 1_000_000);
  pollable.block();
  pollable[Symbol.dispose]();
}

export function drive(run, next) {
  runJobs();
  for (let pause = next(); pause !== null; pause = next()) {
    if (pause > 0) pauses(pause);
    runJobs();
  }
  runJobs();
  return OwnPromise.outcome(run);
}
