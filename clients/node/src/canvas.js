/** Workflows: `chain`, `group` and `chord`. A step must take the result before it. */
import { chain as celeryChain, chord as celeryChord, group as celeryGroup } from "celery-js";
import { noteSent } from "./drift.js";
import { GroupJob, Job } from "./job.js";

/**
 * @typedef {import("celery-js").Celery} Celery
 * @typedef {ReturnType<Celery["signature"]>} CelerySignature
 * @typedef {import("./task.js").CallOptions} CallOptions
 */

/** A celery-js signature and the name of its last task. */
class Call {
  /**
   * @param {Celery} app
   * @param {CelerySignature} celery
   * @param {string} task
   */
  constructor(app, celery, task) {
    this.app = app;
    this.celery = celery;
    this.task = task;
  }

  /** @param {CallOptions} options */
  set(options) {
    this.celery.set(options);
    return this;
  }
}

export class Signature extends Call {
  delay() {
    return this.applyAsync();
  }

  /** @param {CallOptions} [options] */
  async applyAsync(options = {}) {
    const { id } = await this.celery.applyAsync([], options);
    noteSent(this.app);
    return new Job(this.app, id, this.task);
  }
}

export class Immutable extends Signature {
  isImmutable = true;
}

export class Step extends Call {}

export class Group {
  #calls;

  /** @param {Signature[]} calls */
  constructor(calls) {
    this.#calls = calls;
    this.celery = celeryGroup(calls.map((call) => call.celery));
  }

  delay() {
    return this.applyAsync();
  }

  /** @param {CallOptions} [options] */
  async applyAsync(options = {}) {
    const sent = /** @type {import("celery-js").GroupResult} */ (await this.celery.applyAsync([], options));
    noteSent(this.#calls[0].app);
    return new GroupJob(this.#calls.map(({ app, task }, i) => new Job(app, sent.results[i].id, task)));
  }
}

/**
 * @param {Signature | Step} first
 * @param {...(Immutable | Step)} steps
 */
export function chain(first, ...steps) {
  const made = celeryChain(...[first, ...steps].map((call) => call.celery));
  const { task } = steps.at(-1) ?? first;
  return new (first instanceof Step ? Step : Signature)(first.app, made, task);
}

/** @param {Signature[]} calls */
export function group(calls) {
  if (calls.length === 0) throw new TypeError("group() takes at least one call, such as add.s(1, 2)");
  return new Group(calls);
}

/**
 * @param {Group | Signature[]} header
 * @param {Step} body
 */
export function chord(header, body) {
  const { celery } = header instanceof Group ? header : group(header);
  return new Signature(body.app, celeryChord(celery, body.celery), body.task);
}
