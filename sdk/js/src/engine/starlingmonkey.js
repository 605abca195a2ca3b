// StarlingMonkey (jco): it drives promises itself, and its event loop comes to a timer of 0 ms when no microtask is left. Waiting for that
// timer costs nothing in the journal, which has only sleeps that take time.

const later = globalThis.setTimeout;
const { log, error } = globalThis.console;
const fill = globalThis.crypto.getRandomValues.bind(globalThis.crypto);

export const u64 = (number) => BigInt(number);

export const chance = (bytes) => fill(bytes);

export const print = (line) => log(line);

export const complain = (line) => error(line);

export function drive(run, next) {
  const loop = () => {
    const pause = next();
    if (pause !== null) later(loop, pause);
  };
  later(loop, 0);
  return run;
}
