/** A task of the contract: its parameters, and how to send it. */
import { Immutable, Signature, Step } from "./canvas.js";
import { noteSent } from "./drift.js";
import { Job } from "./job.js";
import { Parameters } from "./parameters.js";

/**
 * @typedef {import("./task.js").CallOptions} CallOptions
 * @typedef {Signature<unknown> | Step<unknown, unknown>} Made
 */

export class Task {
  #app;
  #parameters;

  /**
   * @param {import("celery-js").Celery} app
   * @param {string} name
   * @param {string} queue
   * @param {string} parameters as `Parameters` reads them
   */
  constructor(app, name, queue, parameters) {
    this.name = name;
    this.queue = queue;
    this.#app = app;
    this.#parameters = new Parameters(name, parameters);
  }

  /** @param {unknown[]} args */
  delay(...args) {
    return this.applyAsync(args);
  }

  /**
   * @param {unknown[]} args
   * @param {CallOptions} [options]
   */
  async applyAsync(args, options = {}) {
    if ("kwargs" in options) {
      const hint = "give those by name to named(), such as named({ x: 1 }).applyAsync()";
      throw new TypeError(`${this.name}: applyAsync() takes arguments by position: ${hint}`);
    }
    this.#parameters.check(args);
    return this.#send(args, {}, options);
  }

  /** @param {Record<string, unknown>} values */
  named(values) {
    const { args, kwargs } = this.#parameters.split(values);
    return new NamedCall(
      (options) => this.#send(args, kwargs, options),
      (isImmutable) => this.#signature(isImmutable ? Immutable : Signature, args, kwargs),
    );
  }

  /** @param {unknown[]} args */
  s(...args) {
    if (this.#parameters.isComplete(args)) return this.#signature(Signature, args, {});
    this.#parameters.checkRest(args);
    return this.#signature(Step, args, {});
  }

  /** @param {unknown[]} args */
  si(...args) {
    this.#parameters.check(args);
    return this.#signature(Immutable, args, {});
  }

  /** @param {string} id */
  job(id) {
    return new Job(this.#app, id, this.name);
  }

  /**
   * @param {unknown[]} args
   * @param {Record<string, unknown>} kwargs
   * @param {CallOptions} options
   */
  async #send(args, kwargs, options) {
    const { id } = await this.#app.sendTask(this.name, args, { queue: this.queue, ...options, kwargs });
    noteSent(this.#app);
    return this.job(id);
  }

  /**
   * @param {new (...parts: ConstructorParameters<typeof Signature>) => Made} cls
   * @param {unknown[]} args
   * @param {Record<string, unknown>} kwargs
   */
  #signature(cls, args, kwargs) {
    const immutable = cls === Immutable;
    return new cls(
      this.#app,
      this.#app.signature(this.name, args, { kwargs, queue: this.queue, immutable }),
      this.name,
    );
  }
}

export class NamedCall {
  #send;
  #signature;

  /**
   * @param {(options: CallOptions) => Promise<Job<unknown>>} send
   * @param {(isImmutable: boolean) => Made} signature
   */
  constructor(send, signature) {
    this.#send = send;
    this.#signature = signature;
  }

  delay() {
    return this.#send({});
  }

  /** @param {CallOptions} [options] */
  applyAsync(options = {}) {
    return this.#send(options);
  }

  s() {
    return this.#signature(false);
  }

  si() {
    return this.#signature(true);
  }
}
