// Does what its input says and tells what it saw: for the tests of the host.

import {
  ask, block, call, emit, expose, Failure, first, key, lock, log, now, receive, restart, sleep, sleepUntil, step, undo, undoDepth, unwind, who, workflow,
} from "cairn-workflow";

interface Input {
  case: string;
  value?: unknown;
  text?: string;
  texts?: string[];
  ms?: number;
  at?: number;
  id?: string;
  n?: number;
}

const go = async () => (await receive("go")).data;

/** Reserves, and says what takes it back. */
async function reserve(item: string) {
  const held = await call("t.reserve", { item }, { key: item });
  undo("t.release", { item }, { key: `undo_${item}` });
  return held;
}

const part = block(async (text: string) => {
  console.log(`part ${text}`);
  const said = await call("t.slowly", { text }, { key: "say" });
  await sleep("5ms", { key: "nap" });
  return [text, said];
});

const bad = block(async () => {
  await reserve("a");
  throw new Failure("refused", "as asked");
});

const good = block(async () => {
  await reserve("a");
  await reserve("b");
});

async function failureOf(attempt: () => PromiseLike<unknown>): Promise<Failure> {
  try {
    await attempt();
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
  throw new Failure("bad_data", "it was to fail");
}

const refuse = (options = {}) => call("t.refuse", {}, { key: "refuse", ...options });

function computed() {
  let sum = 0;
  for (let n = 0; n < 100_000; n += 1) sum = (sum * 31 + n) % 65_521;
  return sum;
}

const cases: Record<string, (input: Input) => unknown> = {
  echo: ({ value }) => value,
  fail() {
    throw new Failure("refused", "as asked", { code: 7 });
  },
  crash() {
    throw new TypeError("as the input said");
  },

  call: ({ text }) => call("t.echo", { text }, { key: "call" }),
  async call_failed() {
    const { kind, message, detail } = await failureOf(refuse);
    return { kind, message, detail };
  },
  call_uncaught: () => refuse(),
  call_retry: () => call("t.shaky", {}, { key: "shaky", retry: { attempts: 3, delay: "10ms" } }),
  call_not_retried: async () =>
    (await failureOf(() => refuse({ retry: { attempts: 3, delay: "10ms", on: ["http_5xx"] } }))).kind,
  call_timeout: async () => (await failureOf(() => call("t.slow", {}, { key: "slow", timeout: "200ms" }))).kind,
  together: ({ texts = [] }) => Promise.all(texts.map((text) => call("t.slowly", { text }, { key: `item[${text}]` }))),
  async first() {
    const both = [call("t.slow", {}, { key: "a" }), call("t.echo", { text: "b" }, { key: "b" })];
    const index = await first(both);
    both[1 - index].cancel();
    await go();
    return { index, result: await both[index] };
  },

  async sleep({ ms = 0 }) {
    const began = Date.now();
    await sleep(ms, { key: "nap" });
    return Date.now() - began;
  },
  async sleep_native({ ms }) {
    const began = Date.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return Date.now() - began;
  },
  async sleep_until({ at = 0 }) {
    await sleepUntil(at, { key: "until" });
    return Date.now();
  },
  async time() {
    const [wall, steady] = [Date.now(), performance.now()];
    const frozen = computed() >= 0 && Date.now() === wall && performance.now() === steady;
    console.log(`wall ${wall}`);
    await go();
    return { frozen, wall };
  },
  async random() {
    const drawn = `${Math.random()} ${Math.random()}`;
    console.log(drawn);
    await go();
    return drawn;
  },
  async ids() {
    const made = crypto.randomUUID();
    console.log(made);
    await go();
    return made;
  },
  async order() {
    const walked = [...new Set("abcdefghij")].join("");
    console.log(walked);
    await go();
    return walked;
  },
  async now() {
    const moment = now({ key: "moment" }).getTime();
    console.log(`now ${moment}`);
    await go();
    return moment;
  },

  event: go,
  async two_events() {
    const one = await receive("go", { key: "one" });
    const two = await receive("go", { key: "two" });
    return [one.data.n, two.data.n];
  },
  event_where: async ({ id = "" }) => (await receive("go", { where: { id } })).data,
  async event_timeout({ ms = 0 }) {
    const [event, patience] = [receive("go"), sleep(ms, { key: "patience" })];
    const came = await Promise.race([event.then(() => true), patience.then(() => false)]);
    (came ? patience : event).cancel();
    return came ? "came" : "late";
  },
  async ask() {
    const { choice, by } = await ask("ops", { title: "Go on?", choices: ["yes", "no"] });
    return { choice, by };
  },
  async emit() {
    await emit("go", { n: 1 }, { key: "tell", to: who().instance });
    return go();
  },

  async step() {
    const gave = await step("body", () => {
      console.log("body ran");
      return { n: 1 };
    });
    await go();
    return gave;
  },
  async step_retry() {
    const gave = await step(
      "shaky",
      async ({ number, idempotencyKey }) => {
        console.log(`attempt ${number}`);
        if (number < 3) throw new Failure("shaky", `attempt ${number}`);
        return { attempt: number, key: idempotencyKey };
      },
      { retry: { attempts: 3, delay: "20ms", on: ["shaky"] } },
    );
    await go();
    return gave;
  },
  step_failed: async () =>
    (
      await failureOf(() =>
        step("lost", () => {
          throw new Failure("gone");
        }),
      )
    ).kind,
  step_slow: () =>
    step(
      "slow",
      ({ number }) => {
        while (number === 1) computed();
        return { attempt: number };
      },
      { timeout: "300ms", retry: { attempts: 2, delay: "10ms" } },
    ),
  step_nested: () => step("outer", () => step("inner", () => 1)),
  call_in_step: () => step("outer", () => call("t.echo", { text: "in" }, { key: "call" })),

  async undo() {
    await reserve("a");
    await reserve("b");
    throw new Failure("refused");
  },
  async unwind() {
    const depth = undoDepth();
    await reserve("a");
    await unwind({ key: "back", depth });
    return "back";
  },
  async undo_cancel() {
    await reserve("a");
    return go();
  },
  async cancel_seen() {
    try {
      return await go();
    } catch (failure) {
      if (failure instanceof Failure && failure.is("cancelled")) console.log("cleaning up");
      throw failure;
    }
  },

  loop() {
    for (;;) computed();
  },
  memory() {
    for (const all: number[][] = []; ; ) all.push(Array.from({ length: 10_000 }, (_, n) => n));
  },
  restart: (input) => (input.n ? restart({ ...input, n: input.n - 1 }) : "done"),
  lock: () =>
    lock("door", async () => {
      await go();
      return "held";
    }),

  who() {
    const { instance, workflow } = who();
    return { instance, workflow };
  },
  async expose() {
    expose({ at: "door" });
    await go();
    return null;
  },
  async log() {
    log.info("noted", { n: 1 });
    log.warn("careful");
    await go();
    return null;
  },
  async print() {
    console.log("one");
    console.error("two");
    await go();
    console.log("three");
    return null;
  },
  /** There is nothing in the language that could ask for any of them. */
  closed: () => ({ file: ["require", "Deno", "Bun"].some((name) => name in globalThis), vars: 0, args: 0 }),

  blocks: () => Promise.all(["a", "b"].map((text) => part.begin(text, { key: key`part[${text}]` }))),

  async block_failed() {
    const { kind, message } = await failureOf(() => bad.begin(undefined, { key: "bad" }));
    return { kind, message };
  },

  async block_undo() {
    await good.begin(undefined, { key: "good" });
    throw new Failure("refused", "as asked");
  },

  async saga() {
    const a = await reserve("a");
    const body = await step("body", () => {
      console.log("body");
      return 1;
    });
    await sleep("5ms", { key: "nap" });
    const b = await reserve("b");
    return { a, body, b, go: await go() };
  },
};

export const run = workflow(async (input: Input) => {
  const wanted = Object.hasOwn(cases, input.case) ? cases[input.case] : undefined;
  if (wanted === undefined) throw new Failure("bad_data", `no such case: ${input.case}`);
  return wanted(input);
});
