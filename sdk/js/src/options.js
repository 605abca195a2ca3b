// How patiently a step is done, in the words of the world.

import { duration, instant } from "./span.js";

const optional = (value, map) => (value === undefined || value === null ? undefined : map(value));

export function options({ timeout, deadline, retry, cache, unclear } = {}) {
  return {
    timeout: optional(timeout, duration),
    deadline: optional(deadline, instant),
    retry: optional(typeof retry === "number" ? { attempts: retry } : retry, world),
    cache: optional(cache, ({ key, age }) => ({ key, age: duration(age) })),
    unclear: unclear ?? "retry",
  };
}

function world(retry) {
  const { attempts, delay = "1s", backoff = "exponential", factor = 2, longestDelay = "1m", jitter = 0, on = [] } = retry;
  return { attempts, delay: duration(delay), backoff, factor, longestDelay: duration(longestDelay), jitter, on };
}
