import type { Celery } from "celery-js";
import type { GroupJob, Job } from "./job.js";
import type { CallOptions } from "./task.js";

/** What this module needs of celery-js's signatures. Use `celery` where a class has no method. */
type CelerySignature = ReturnType<Celery["signature"]>;

/** A complete call, or a chain that begins with one. */
export class Signature<R, G = unknown> {
  constructor(app: Celery, celery: CelerySignature, task: string);
  readonly celery: CelerySignature;
  /** Sends it. Throws OperationalError when the server is away. */
  delay(): Promise<Job<R, G>>;
  /** Sends it with Celery's options. Throws OperationalError when the server is away. */
  applyAsync(options?: CallOptions): Promise<Job<R, G>>;
  /** Adds Celery's sending options. */
  set(options: CallOptions): this;
}

/** A complete call that may follow any other, because it does not take its result. */
export class Immutable<R, G = unknown> extends Signature<R, G> {
  readonly isImmutable: true;
}

/** A step of a chain: it takes the result before it as its first argument. */
export class Step<A, R, G = unknown> {
  constructor(app: Celery, celery: CelerySignature, task: string);
  readonly celery: CelerySignature;
  /** For the types only. */
  readonly takes: ((previous: A) => [R, G]) | undefined;
  /** Adds Celery's sending options. */
  set(options: CallOptions): this;
}

/** Calls that run side by side. */
export class Group<R> {
  constructor(calls: Signature<R>[]);
  readonly celery: CelerySignature;
  /** Sends all of them. Throws OperationalError when the server is away. */
  delay(): Promise<GroupJob<R>>;
  /** Sends all of them with Celery's options. Throws OperationalError when the server is away. */
  applyAsync(options?: CallOptions): Promise<GroupJob<R>>;
}

type Next<A, R, G = unknown> = Step<A, R, G> | Immutable<R, G>;

/** Calls one after the other, up to five. Each step takes the result before it. */
export function chain<A, R, G>(first: Signature<A>, second: Next<A, R, G>): Signature<R, G>;
export function chain<A, B, R, G>(first: Signature<A>, second: Next<A, B>, third: Next<B, R, G>): Signature<R, G>;
export function chain<A, B, C, R, G>(
  first: Signature<A>,
  second: Next<A, B>,
  third: Next<B, C>,
  fourth: Next<C, R, G>,
): Signature<R, G>;
export function chain<A, B, C, D, R, G>(
  first: Signature<A>,
  second: Next<A, B>,
  third: Next<B, C>,
  fourth: Next<C, D>,
  fifth: Next<D, R, G>,
): Signature<R, G>;
/** Steps of a longer chain. */
export function chain<P, A, R, G>(first: Step<P, A>, second: Next<A, R, G>): Step<P, R, G>;

/** @returns calls to run side by side */
export function group<R>(calls: readonly Signature<R>[]): Group<R>;

/** @returns a group whose list of results goes to a step */
export function chord<R, S, G>(header: Group<R> | readonly Signature<R>[], body: Step<R[], S, G>): Signature<S, G>;
