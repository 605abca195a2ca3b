// Durable workflows in JavaScript and TypeScript.

/** What can be written as JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

type Unit = "ms" | "s" | "m" | "h" | "d";

/** A span of time: milliseconds, or a text such as `"10s"` or `"1h30m"`. */
export type Span = number | `${number}${Unit}` | `${number}${Unit}${number}${Unit}`;

/** A moment: milliseconds since the epoch, or a time in RFC 3339. */
export type Moment = Date | number | string;

/**
 * Makes a function the workflow of this component: from the input that a run is started with to its result.
 *
 * ```ts
 * export const run = workflow(async (order: Order) => { … });
 * ```
 *
 * It may be stopped anywhere and goes on from its journal: all that it asked for through this library is answered from there and not done
 * again. A `Failure` that it throws is how the run ends; any other error ends it as `trapped`, with its stack in the log.
 */
export function workflow<I = any, O = unknown>(main: (input: I) => O | Promise<O>): (json: string) => unknown;

/** Why something did not succeed, in a way that a workflow can answer. */
export class Failure extends Error {
  /** Of this kind; the message is the kind where none is given. */
  constructor(kind: string, message?: string, detail?: unknown);
  /** What sort, for those who decide by it: `timeout`, `cancelled`, `card_declined` … */
  readonly kind: string;
  /** More, for programs; or null. */
  readonly detail: any;
  is(kind: string): boolean;
}

/**
 * Something durable that takes time. It began when it was made: begin several, then `await` them, alone or by `Promise.all`, `Promise.race` and
 * `Promise.allSettled`.
 */
export class Operation<T> implements PromiseLike<T> {
  private constructor();
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
  catch<B = never>(rejected?: ((reason: any) => B | PromiseLike<B>) | null): Promise<T | B>;
  finally(done?: (() => void) | null): Promise<T>;
  readonly [Symbol.toStringTag]: string;
  /** Gives up waiting: what is not recorded by now fails `cancelled`. */
  cancel(): void;
}

/**
 * A key with data in it, as of one item: key`item[${sku}]/hold` is `item[a%2Fb]/hold` for the item `a/b`. Text from data cannot be taken for a part of
 * the key so.
 */
export function key(texts: TemplateStringsArray, ...data: (string | number | bigint | boolean)[]): string;

/** A function that can run side by side with everything else, as code of its own. */
export interface Block<I, O> {
  /**
   * Begins it, in an instance of its own: it has nothing of whoever began it but this input, and its keys stand in the journal as `KEY/…`. While it
   * waits it is unloaded, alone.
   */
  begin(input: I, options: { key: string }): Operation<O>;
  /** Registers it as what undoes the work so far, as `undo` does a call. */
  undo(input: I, options: { key: string }): void;
}

/**
 * Makes a function a block; at the top of a module, so that it is there whenever the code is loaded.
 *
 * ```ts
 * const parse = block(async (file: string) => { … });
 * const rows = await Promise.all(files.map((file) => parse.begin(file, { key: key`file[${file}]` })));
 * ```
 */
export function block<I = void, O = unknown>(main: (input: I) => O | Promise<O>): Block<I, O>;

/** What names an operation in the journal; it is told what it is where none is given. */
export interface Keyed {
  key?: string;
}

/** Further attempts at a step that failed. */
export interface Retry {
  /** At most so many in all. */
  attempts: number;
  /** In front of the second; `"1s"` where none is given. */
  delay?: Span;
  /** How it grows; `"exponential"` where nothing is said. */
  backoff?: "constant" | "linear" | "exponential";
  /** What an exponential delay is multiplied by each time; 2 where nothing is said. */
  factor?: number;
  /** It grows no further; `"1m"` where none is given. */
  longestDelay?: Span;
  /** From 0 to 1: the part of a delay that is drawn at random. */
  jitter?: number;
  /** Kinds of failure that are worth another attempt; none means those that pass by themselves: timeouts, networks, 5xx and 429. */
  on?: string[];
}

/** How patiently a step is done: as long as the host lets it, and once, where nothing is said. */
export interface StepOptions {
  /** Of one attempt. */
  timeout?: Span;
  /** Of all attempts and the delays between them. */
  deadline?: Moment;
  /** Further attempts; a number is how many in all. */
  retry?: number | Retry;
}

/** How patiently a tool is asked. */
export interface CallOptions extends StepOptions, Keyed {
  /** A success is kept under this key for others of the tenant, and theirs will do if it is no older than this. */
  cache?: { key: string; age: Span };
  /** What is done when nobody can know whether an attempt was carried out: it is sent again, or fails `unclear`, or a person decides. */
  unclear?: "retry" | "fail" | "ask";
}

/** What the body of a step is told. */
export interface Attempt {
  /** From 1. */
  number: number;
  /** For whatever the body asks of others: the same for all attempts at this step, and for no other step. */
  idempotencyKey: string;
}

/**
 * Does work of this program's own once: its outcome is recorded under `key`, and the body does not run again when the code is replayed. If the
 * host dies within the body, it runs again, with the same idempotency key. An error that is no `Failure` counts as one of the kind `failed`.
 *
 * Within the body nothing durable may be asked for. Bodies run one at a time, when all else waits.
 */
export function step<T>(key: string, body: (attempt: Attempt) => T | PromiseLike<T>, options?: StepOptions): Promise<T>;

/** Asks a tool of the tenant, such as `payments.charge`. The key is the tool's name where none is given. */
export function call<T = any>(tool: string, args?: object, options?: CallOptions): Operation<T>;

/**
 * Registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this code cannot
 * run any more.
 */
export function undo(tool: string, args?: object, options?: CallOptions): void;

/** How many undos are registered and not yet run. */
export function undoDepth(): number;

/** Runs the registered undos above `depth`, newest first. Fails `undo_failed` with those that did not succeed. */
export function unwind(options?: Keyed & { depth?: number }): Operation<void>;

/** Sleeps so long. It costs nothing meanwhile: the code is unloaded. `setTimeout` is such a sleep, too. */
export function sleep(span: Span, options?: Keyed): Operation<void>;

/** Sleeps until then. */
export function sleepUntil(at: Moment, options?: Keyed): Operation<void>;

/** The host's time at this moment, recorded. `Date.now()` is the time of the newest thing that this code was told. */
export function now(options?: Keyed): Date;

/** A number from 0 up to 1, recorded under a key of its own. `Math.random()` is the same on every replay, too. */
export function random(options?: Keyed): number;

/**
 * Calendar arithmetic by the rules of a time zone, recorded: `calendar("next", { zone: "Europe/Zurich", arguments: ["09:00"] })`. The questions
 * are `date`, `format`, `next`, `add_months` and `add_days`.
 */
export function calendar(
  question: "date" | "format" | "next" | "add_months" | "add_days",
  options?: Keyed & { of?: Moment; zone?: string; arguments?: Json[] },
): string;

/** An event that came. */
export interface Event<T = any> {
  /** Its name. */
  event: string;
  /** Which of those that were waited for it is, from 0. */
  subscription: number;
  /** The sender's id of it. */
  id: string;
  /** Its fields. */
  data: T;
}

/** Events of this name whose fields equal all of `where`, and for which `condition` holds: a condition of the world, as data. */
export interface Subscription {
  event: string;
  where?: { [field: string]: Json };
  condition?: Json;
}

/** Waits for the oldest event of this name (or one of these) that nobody has taken, also one that came before. */
export function receive<T = any>(
  what: string | (string | Subscription)[],
  options?: Keyed & { where?: { [field: string]: Json } },
): Operation<Event<T>>;

/** What a person is asked. */
export interface Question {
  /** In a line. */
  title: string;
  /** In full. */
  text?: string;
  /** What it is about. */
  show?: unknown;
  /** What can be answered; none means what the host offers. */
  choices?: string[];
  /** They are reminded after so long. */
  remind?: Span;
}

/** What a person answered. */
export interface Answer {
  choice: string;
  by: string;
  note: string | null;
  at: string;
}

/** Asks a person. */
export function ask(whom: string, question: string | Question, options?: Keyed): Operation<Answer>;

/** Sends an event: to the run `to`, or to all that know it. */
export function emit(event: string, data?: object, options?: Keyed & { to?: string }): Operation<void>;

/** The place, from 0, of the one that is over first: the one whose outcome was recorded first, also on every replay. */
export function first(of: Iterable<PromiseLike<unknown>>): Promise<number>;

/** Starts another workflow, deployed together with this one, and waits for its result. The key is its name where none is given. */
export function child<T = any>(workflow: string, input?: object, options?: Keyed): Operation<T>;

/** As `child`, and lets it go its own way: gives its id. */
export function spawn(workflow: string, input?: object, options?: Keyed): Operation<string>;

/** Holds one of so many places (1 where nothing is said) under a name of the tenant while `body` runs. */
export function lock<T>(
  name: string,
  body: () => T | PromiseLike<T>,
  options?: Keyed & { places?: number },
): Promise<T>;

/** Ends this run and begins the next under the same id, with this input and an empty journal. */
export function restart(input: object): never;

/** Who runs. */
export interface Identity {
  tenant: string;
  workflow: string;
  /** The digest of the code. */
  version: string;
  instance: string;
  started: Date;
}

export function who(): Identity;

/** What a status query shows of this run from now on. */
export function expose(status: unknown): void;

type Line = (message: string, fields?: object) => void;

/** Lines of the run's log, with fields. `console` writes there as well. Each is written once, however often the code is replayed. */
export const log: { debug: Line; info: Line; warn: Line; error: Line };
