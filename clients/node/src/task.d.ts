import type { Celery, SendOptions } from "celery-js";
import type { Immutable, Signature, Step } from "./canvas.js";
import type { Job } from "./job.js";

/** Celery's options; arguments by name are given to `named()`. */
export type CallOptions = Omit<SendOptions, "kwargs">;

type First<Args extends readonly unknown[]> = Args extends readonly [(infer A)?, ...unknown[]] ? A : never;
type Rest<Args extends readonly unknown[]> = Args extends readonly [unknown?, ...infer R] ? R : never;

/** A task that workers run. It has Celery's methods: `delay`, `applyAsync`, `s`, `si`. */
export class Task<Args extends unknown[], Named extends object, R, G = unknown> {
  constructor(app: Celery, name: string, queue: string, parameters: string);
  readonly name: string;
  readonly queue: string;
  /**
   * Sends the task.
   *
   * @throws {TypeError} when the arguments are not the task's
   * @throws {OperationalError} when the server is away
   */
  delay(...args: Args): Promise<Job<R, G>>;
  /** Sends the task with Celery's options. Throws as `delay`. */
  applyAsync(args: Args, options?: CallOptions): Promise<Job<R, G>>;
  /** Gives the arguments by name: `predict.named({ history: [3, 4], days: 2 }).delay()`. */
  named(values: Named): NamedCall<R, G>;
  /** @returns a call for a workflow: a complete one */
  s(...args: Args): Signature<R, G>;
  /** @returns a step of a chain: it lacks the first argument, which is the result of the step before it */
  s(...args: Rest<Args>): Step<First<Args>, R, G>;
  /** @returns a complete call that does not take the last result of its chain */
  si(...args: Args): Immutable<R, G>;
  /** @returns the job of an id, such as one that a web service gave to a browser */
  job(id: string): Job<R, G>;
}

/** A task and its arguments, by name. */
export class NamedCall<R, G = unknown> {
  /** Sends the task. Throws as `Task.delay`. */
  delay(): Promise<Job<R, G>>;
  /** Sends the task with Celery's options. Throws as `Task.delay`. */
  applyAsync(options?: CallOptions): Promise<Job<R, G>>;
  /** @returns a complete call for a workflow */
  s(): Signature<R, G>;
  /** @returns a complete call that does not take the last result of its chain */
  si(): Immutable<R, G>;
}
