// Promises whose jobs the library runs itself, for an engine that does not.

const jobs = [];

/** Runs all jobs, also those that come while they run. */
export function runJobs() {
  // A queue that is taken from its front one by one would be copied each time.
  for (let at = 0; at < jobs.length; at += 1) {
    const job = jobs[at];
    jobs[at] = undefined;
    job();
  }
  jobs.length = 0;
}

export const queueJob = (job) => {
  jobs.push(job);
};

const callable = (value) => typeof value === "function";
const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

/** What `Promise` is in a workflow, by the same rules. */
export class OwnPromise {
  #state = PENDING;
  #value;
  #reactions = [];

  constructor(executor) {
    if (!callable(executor)) throw new TypeError("a promise is made with a function");
    const { resolve, reject } = this.#resolvers();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** Of these two one counts, once. */
  #resolvers() {
    let done = false;
    const once = (settle) => (value) => {
      if (done) return;
      done = true;
      settle(value);
    };
    return { resolve: once((value) => this.#resolve(value)), reject: once((reason) => this.#end(REJECTED, reason)) };
  }

  #resolve(value) {
    if (value === this) return this.#end(REJECTED, new TypeError("a promise cannot wait for itself"));
    if (value === null || (typeof value !== "object" && !callable(value))) return this.#end(FULFILLED, value);
    let then;
    try {
      then = value.then;
    } catch (error) {
      return this.#end(REJECTED, error);
    }
    if (!callable(then)) return this.#end(FULFILLED, value);
    queueJob(() => {
      const { resolve, reject } = this.#resolvers();
      try {
        then.call(value, resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  }

  #end(state, value) {
    this.#state = state;
    this.#value = value;
    const reactions = this.#reactions;
    this.#reactions = [];
    for (const reaction of reactions) queueJob(reaction);
  }

  then(fulfilled, rejected) {
    const Kind = this.constructor?.[Symbol.species] ?? OwnPromise;
    return new Kind((resolve, reject) => {
      const reaction = () => {
        const handler = this.#state === FULFILLED ? fulfilled : rejected;
        if (!callable(handler)) return this.#state === FULFILLED ? resolve(this.#value) : reject(this.#value);
        try {
          resolve(handler(this.#value));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#state === PENDING) this.#reactions.push(reaction);
      else queueJob(reaction);
    });
  }

  catch(rejected) {
    return this.then(undefined, rejected);
  }

  finally(done) {
    if (!callable(done)) return this.then(done, done);
    const Kind = this.constructor?.[Symbol.species] ?? OwnPromise;
    return this.then(
      (value) => Kind.resolve(done()).then(() => value),
      (reason) =>
        Kind.resolve(done()).then(() => {
          throw reason;
        }),
    );
  }

  get [Symbol.toStringTag]() {
    return "Promise";
  }

  static get [Symbol.species]() {
    return this;
  }

  /** For the engine: what a promise that is settled gives, or throws. */
  static outcome(promise) {
    if (promise.#state === REJECTED) throw promise.#value;
    return promise.#value;
  }

  static resolve(value) {
    return value instanceof OwnPromise && value.constructor === this ? value : new this((resolve) => resolve(value));
  }

  static reject(reason) {
    return new this((_, reject) => reject(reason));
  }

  static withResolvers() {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  }

  static try(callback, ...args) {
    return new this((resolve) => resolve(callback(...args)));
  }

  static all(of) {
    return collect(this, of, (each, place, { set, reject }) => each.then((value) => set(place, value), reject));
  }

  static allSettled(of) {
    return collect(this, of, (each, place, { set }) =>
      each.then(
        (value) => set(place, { status: "fulfilled", value }),
        (reason) => set(place, { status: "rejected", reason }),
      ),
    );
  }

  static any(of) {
    const none = (reasons) => {
      throw new AggregateError(reasons, "all promises were rejected");
    };
    return new this((resolve, reject) => {
      collect(this, of, (each, place, { set }) => each.then(resolve, (reason) => set(place, reason))).then(none).catch(reject);
    });
  }

  static race(of) {
    return new this((resolve, reject) => {
      for (const one of of) this.resolve(one).then(resolve, reject);
    });
  }
}

/** A promise of an array with a place for each of these, which `begin` arranges to be filled. */
function collect(Kind, of, begin) {
  return new Kind((resolve, reject) => {
    const values = [];
    let open = 1;
    const less = () => {
      open -= 1;
      if (open === 0) resolve(values);
    };
    const set = (place, value) => {
      values[place] = value;
      less();
    };
    for (const one of of) {
      const place = values.length;
      values.push(undefined);
      open += 1;
      begin(Kind.resolve(one), place, { set, reject });
    }
    less();
  });
}
