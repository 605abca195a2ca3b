// Something durable that takes time.

import { failureOf } from "./failure.js";
import { waits, waitsNoMore } from "./scheduler.js";

/**
 * It began when it was made. It is awaited like a promise, and is none: nobody waits for it until somebody awaits it, and one that nobody
 * awaits fails unseen.
 */
export class Operation {
  #handle;
  #read;
  #promise;
  #settle;
  #over = false;

  /** Of a handle of the world, whose outcome is JSON. */
  constructor(handle, read = (value) => value) {
    this.#handle = handle;
    this.#read = read;
  }

  then(fulfilled, rejected) {
    if (this.#promise === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.#settle = { resolve, reject };
      });
      if (!this.#over) waits(this);
    }
    return this.#promise.then(fulfilled, rejected);
  }

  catch(rejected) {
    return this.then(undefined, rejected);
  }

  finally(done) {
    return this.then().finally(done);
  }

  get [Symbol.toStringTag]() {
    return "Operation";
  }

  /** Gives up waiting: what is not recorded by now fails `cancelled`. */
  cancel() {
    if (!this.#over) this.#handle.cancel();
  }

  /** Cancels it, and nobody hears how it ends. */
  abandon() {
    this.cancel();
    waitsNoMore(this);
  }

  /** For the scheduler. */
  get handle() {
    return this.#handle;
  }

  /** For the scheduler: waits until it is over, and tells those who await it. */
  settle() {
    this.#over = true;
    try {
      this.#settle.resolve(this.#read(JSON.parse(this.#handle.outcome())));
    } catch (thrown) {
      this.#settle.reject(failureOf(thrown));
    }
    this.#handle[Symbol.dispose]?.();
  }
}
