import type { Celery } from "celery-js";

/** A state of a task, and what was stored with it. */
export interface State<R, G = unknown> {
  /** `PENDING` also when nothing is known of the task. */
  name: string;
  /** The value stored with the state. */
  info: unknown;
  /** In `PROGRESS`. */
  progress?: G;
  /** In `SUCCESS`. */
  result?: R;
  /** In `FAILURE`, `RETRY` and `REVOKED`. */
  error?: Error;
}

export interface GetOptions<G = unknown> {
  /** Seconds; default: as long as it takes. */
  timeout?: number;
  /** Ends the waiting with its reason. */
  signal?: AbortSignal;
  /** Called with each progress that the task reports meanwhile. */
  onProgress?: (progress: G) => unknown;
}

/** A task that was sent: Celery's AsyncResult with types. */
export class Job<R, G = unknown> {
  constructor(app: Celery, id: string, task: string);
  readonly id: string;
  /** The name of the state now. */
  get state(): Promise<string>;
  /** @returns the state now */
  look(): Promise<State<R, G>>;
  /** @returns whether the task has ended */
  ready(): Promise<boolean>;
  /**
   * Waits for the result.
   *
   * @throws {Error} the task's own error, with its type and message
   * @throws {TimeoutError} when there is no result in time; names the task's state
   * @throws {OperationalError} when the server is away
   */
  get(options?: GetOptions<G>): Promise<R>;
  /** Yields the states until the final one; a failed task's error is in its state. */
  states(options?: { signal?: AbortSignal }): AsyncGenerator<State<R, G>, void>;
  /** Makes all workers discard the task; with `terminate`, they stop it when it runs. */
  revoke(options?: { terminate?: boolean }): Promise<void>;
  /** Removes the stored result. */
  forget(): Promise<void>;
}

/** The jobs of a group, in the order of its tasks. */
export class GroupJob<R> {
  constructor(jobs: Job<R>[]);
  readonly jobs: Job<R>[];
  /** Waits for all results; `timeout` is for all of them together. Throws as `Job.get`. */
  get(options?: { timeout?: number; signal?: AbortSignal }): Promise<R[]>;
}
