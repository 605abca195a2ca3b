// What there is in a workflow beside the language, in each engine.

declare global {
  /** Lines of the run's log, written once: `error`, `warn` and `trace` as warnings. */
  var console: Record<
    | "log" | "info" | "debug" | "dir" | "table" | "warn" | "error" | "trace" | "count" | "countReset" | "time" | "timeLog" | "timeEnd"
    | "group" | "groupEnd",
    (...args: any[]) => void
  > & { assert(holds?: boolean, ...args: any[]): void };

  /** A durable sleep. */
  function setTimeout(callback: (...args: any[]) => void, millis?: number, ...args: any[]): number;
  function setInterval(callback: (...args: any[]) => void, millis?: number, ...args: any[]): number;
  function clearTimeout(id?: number): void;
  function clearInterval(id?: number): void;
  function queueMicrotask(callback: () => void): void;

  /** From the start of the run. */
  var performance: { now(): number; readonly timeOrigin: number };

  /** Drawn from the host, and the same on every replay. */
  var crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(array: T): T };

  class TextEncoder {
    readonly encoding: string;
    encode(text?: string): Uint8Array<ArrayBuffer>;
  }
  class TextDecoder {
    constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    readonly encoding: string;
    decode(input?: ArrayBuffer | ArrayBufferView): string;
  }

  function atob(text: string): string;
  function btoa(text: string): string;
}

export {};
