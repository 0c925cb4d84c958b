/**
 * A worker's life: its parts are started in order, and stopped in reverse. Nothing is taken before everything that keeps a
 * message safe is running, and everything that keeps it safe runs until the last message is settled or put back.
 */
import { randomBytes } from "node:crypto";
import { ImproperlyConfigured } from "../errors.js";
import { resultPrefix } from "../backend/redis/store.js";
import { RedisConsumer } from "../transport/redis/consumer.js";
import { describe } from "../transport/redis/connection.js";
import { Keeper } from "../transport/redis/keeper.js";
import { keyNames, redisKeys } from "../transport/redis/keys.js";
import { Sweeper } from "../transport/redis/sweeper.js";
import { hidePassword, parseRedisUrl } from "../transport/redis/url.js";
import { VERSION } from "../version.js";
import { banner } from "./banner.js";
import { Callbacks } from "./callbacks.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import { Executor } from "./executor.js";
import { createLogger } from "./log.js";
import { nodename } from "./nodename.js";
import { Outcomes } from "./outcomes.js";
import { Reception } from "./reception.js";
import { createSettle } from "./results-sink.js";
import { Settler } from "./settler.js";
import { listenForSignals } from "./shutdown.js";
import { catchStrayErrors } from "./stray-errors.js";

/** kombu's visibility_timeout is an hour: we tell its sweep three times in that hour that we live. */
const RESCORE_MS = 20 * 60_000;
/** What a stop may take beyond its grace period before it gives up on a server that does not answer. */
const GIVE_UP_MS = 5_000;

/**
 * @typedef {object} WorkerOptions
 * @property {string[]} [queues] default: the app's `taskDefaultQueue`
 * @property {number} [concurrency] tasks that run at a time; default `workerConcurrency`
 * @property {number} [prefetchMultiplier] default `workerPrefetchMultiplier`; 0 = take all there is
 * @property {"async"} [pool] how tasks are run
 * @property {string} [hostname] the worker's name, with Celery's %h, %n and %d; default `celery@%h`
 * @property {import("./log.js").Logger} [log]
 */

export class Worker {
  #app;
  #options;
  #state = /** @type {"new" | "running" | "stopped"} */ ("new");
  #stopping = /** @type {Promise<void> | null} */ (null);
  #stopListening = () => {};
  #down = false;

  /**
   * @param {import("./types.js").WorkerApp} app
   * @param {WorkerOptions} [options]
   * @throws {ImproperlyConfigured} when an option cannot be used
   */
  constructor(app, options = {}) {
    const { settings } = app;
    this.#app = app;
    this.#options = checkOptions({
      queues: [settings.taskDefaultQueue],
      concurrency: settings.workerConcurrency,
      prefetchMultiplier: settings.workerPrefetchMultiplier,
      ...options,
    });
    this.hostname = nodename(options.hostname);
    this.log = options.log ?? createLogger({ level: settings.workerLogLevel, format: settings.workerLogFormat });
    this.#parts = this.#build();
  }

  #parts;

  #build() {
    const { settings } = this.#app;
    const { concurrency, prefetchMultiplier } = this.#options;
    const { log, hostname } = this;
    const address = parseRedisUrl(settings.brokerUrl, { tls: settings.brokerTransportOptions.tls });
    const keys = redisKeys({ ...settings.brokerTransportOptions, db: address.db });
    const leaseMs = settings.leaseS * 1000;
    const tagPrefix = `${hostname}/${randomBytes(6).toString("hex")}:`;
    const transport = new RedisConsumer({
      address,
      keys,
      workerName: hostname,
      tagPrefix,
      leaseMs,
      deadLetterLimit: settings.deadLetterLimit,
      connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
      onDown: (error, retryInMs) => this.#onDown(error, retryInMs),
      onUp: () => this.#onUp(),
      onRefused: (error) => log.error({ err: error }, `The server refused a command, which is tried again: ${error.message}`),
    });
    const keeper = new Keeper(
      { address, keys: keyNames(keys), workerName: hostname, tagPrefix, leaseMs, rescoreMs: RESCORE_MS, loopStallLimitMs: settings.loopStallLimitS * 1000 },
      (numbers) => log.warn(`${numbers.length} lease(s) ran out while the server could not be reached; those tasks may run twice`),
    );
    const settler = new Settler({
      settle: createSettle({ app: this.#app, transport, log }),
      onSettled: (settlements, gone) => this.#onSettled(settlements, gone),
      onFailed: (error) => log.error({ err: error }, "Results were not settled: their tasks run again once their leases end"),
    });
    const outcomes = new Outcomes(settings, hostname);
    const prefix = `${resultPrefix(settings.resultBackendTransportOptions.globalKeyprefix ?? "")}celery-task-meta-`;
    const resultKey = (/** @type {string} */ taskId) => prefix + taskId;
    const resultExpiresS = Math.trunc(settings.resultExpires ?? 0);
    const store = (/** @type {import("./request.js").Request} */ { message }, /** @type {string} */ result) =>
      /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          const item = { number: null, taskId: message.id, resultKey: resultKey(message.id), result, expiresS: resultExpiresS };
          settler.add(item, () => resolve());
        })
      );
    const callbacks = new Callbacks(this.#app);
    const executor = new Executor({ app: this.#app, hostname, log, outcomes, callbacks, store });
    const reception = new Reception({ app: this.#app, log, parkBeyondMs: 2 * leaseMs });
    const dispatcher = new Dispatcher({
      concurrency,
      window: concurrency * prefetchMultiplier || UNLIMITED_WINDOW,
      leaseMs,
      parts: { reception, executor, outcomes, settler, transport, keeper, log, resultKey, resultExpiresS },
    });
    const consumer = new Consumer({ transport, dispatcher, log });
    const sweeper = new Sweeper({
      connection: transport.connection,
      keys,
      leaseMs,
      onRestored: (swept) => {
        for (const { queue, taskId, why } of swept) {
          if (why === "lost") log.warn({ taskId }, `Task ${taskId} was put back into ${queue}: its worker's lease ran out`);
        }
      },
      onError: (error) => log.error({ err: error }, `Cannot sweep: ${error.message}`),
    });
    return { transport, keeper, settler, dispatcher, consumer, sweeper };
  }

  /**
   * Connects, as long as that takes, and starts to consume.
   *
   * @returns {Promise<void>} once consuming
   * @throws {ImproperlyConfigured} when the server cannot be trusted with messages, see `checkServer`
   */
  async start() {
    if (this.#state !== "new") throw new ImproperlyConfigured("a worker is started once; make a new one");
    this.#state = "running";
    const { transport, keeper, sweeper, consumer } = this.#parts;
    for (const warning of await transport.start(this.#options.queues)) this.log.warn(warning);
    await Promise.all(this.#options.queues.map((queue) => this.#app.publisher.declareQueue(queue)));
    await keeper.start();
    sweeper.start();
    consumer.start();
    this.log.info(`${this.hostname} ready.`);
  }

  /**
   * Stops warm: takes no more, puts back what has not started, waits for what runs (`workerSoftShutdownTimeout`, in
   * seconds), puts back what is then still running. Idempotent.
   *
   * @param {{ cold?: boolean }} [options] cold: does not wait, also when a warm stop is under way
   * @returns {Promise<void>}
   */
  stop({ cold = false } = {}) {
    if (cold) this.#cold.abort();
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  #cold = new AbortController();

  async #stop() {
    const { transport, keeper, settler, dispatcher, consumer, sweeper } = this.#parts;
    const graceMs = this.#app.settings.workerSoftShutdownTimeout * 1000;
    const work = async () => {
      await consumer.stop();
      const putBack = await dispatcher.putBackWaiting();
      if (putBack > 0) this.log.info(`Put ${putBack} reserved task(s) back`);
      await this.#waitForRunning(graceMs);
      const cut = await dispatcher.putBackRunning();
      if (cut.length > 0) this.log.warn(`Put ${cut.length} running task(s) back: ${cut.join(", ")}`);
      await settler.drain();
    };
    if (this.#state === "running") await withinMs(work(), graceMs + GIVE_UP_MS, () => this.log.error("The server does not answer; what is held goes back when its leases end"));
    this.#state = "stopped";
    sweeper.stop();
    await keeper.stop();
    transport.close();
    this.#stopListening();
  }

  /** @param {number} graceMs */
  async #waitForRunning(graceMs) {
    const { dispatcher } = this.#parts;
    const timeout = AbortSignal.any([AbortSignal.timeout(graceMs), this.#cold.signal]);
    timeout.addEventListener("abort", () => dispatcher.wake(), { once: true });
    while (!dispatcher.isIdle && !timeout.aborted) await dispatcher.change();
  }

  /**
   * Starts, and runs until a signal stops it (SIGTERM and SIGINT: warm; a second one: cold), then ends the process: with 0,
   * or with 1 after an uncaught exception or when it could not start.
   *
   * @returns {Promise<never>}
   */
  async run() {
    let exitCode = 0;
    /** @type {(value: unknown) => void} */
    let end = () => {};
    const ended = new Promise((resolve) => {
      end = resolve;
    });
    const stopWarm = (/** @type {string} */ why) => {
      this.log.info(`${why}: warm shutdown (${this.#parts.dispatcher.active.length} task(s) running)`);
      void this.stop().then(end);
    };
    const stopSignals = listenForSignals({
      onFirst: stopWarm,
      onSecond: (signal) => {
        this.log.warn(`${signal} again: cold shutdown`);
        void this.stop({ cold: true }).then(end);
      },
    });
    this.#stopListening = catchStrayErrors({
      log: this.log,
      onUncaught: () => {
        exitCode = 1;
        stopWarm("Uncaught exception");
      },
    });
    this.#showBanner();
    try {
      await Promise.race([this.start(), ended]);
      await ended;
    } catch (error) {
      exitCode = 1;
      this.log.fatal(/** @type {Error} */ (error).message);
    }
    stopSignals();
    await withinMs(this.#app.close(), GIVE_UP_MS, () => {});
    this.log.info("Worker stopped");
    return process.exit(exitCode);
  }

  /** @param {Error} error @param {number} retryInMs */
  #onDown(error, retryInMs) {
    if (this.#down) return;
    this.#down = true;
    const { display } = this.#parts.transport.connection;
    this.log.error(`Cannot connect to ${display}: ${describe(error)}. Trying again in ${(retryInMs / 1000).toFixed(2)} s, and on, until it answers`);
  }

  #onUp() {
    if (this.#down) this.log.info(`Connected to ${this.#parts.transport.connection.display}`);
    this.#down = false;
  }

  /** @param {import("../transport/redis/consumer.js").Settlement[]} settlements @param {number[]} gone */
  #onSettled(settlements, gone) {
    const numbers = settlements.flatMap(({ number }) => (number === null ? [] : [number]));
    this.#parts.keeper.release(numbers);
    for (const index of gone) {
      const { taskId } = settlements[index];
      this.log.warn({ taskId }, `Task ${taskId} had no message left to acknowledge: its lease had run out, it may run twice`);
    }
  }

  #showBanner() {
    const { settings, tasks, main } = this.#app;
    const facts = {
      hostname: this.hostname,
      version: VERSION,
      app: main,
      transport: hidePassword(settings.brokerUrl),
      results: settings.resultBackend === null ? "disabled" : hidePassword(settings.resultBackend),
      concurrency: this.#options.concurrency,
      queues: this.#options.queues,
      tasks: tasks.names(),
    };
    if (process.stdout.isTTY || process.env.FORCE_COLOR) process.stdout.write(banner(facts));
    else this.log.info(facts, `${this.hostname} starting`);
  }
}

/** The window of a worker that takes all there is. */
const UNLIMITED_WINDOW = 10_000;

/** @param {WorkerOptions & { queues: string[], concurrency: number, prefetchMultiplier: number }} options */
function checkOptions(options) {
  const { queues, concurrency, prefetchMultiplier, pool = "async" } = options;
  if (!Array.isArray(queues) || queues.length === 0 || !queues.every((queue) => /^[^"\\\x00-\x1f]+$/.test(queue))) {
    throw new ImproperlyConfigured(`queues=${JSON.stringify(queues)}: expected a list of queue names`);
  }
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new ImproperlyConfigured(`concurrency=${concurrency}: expected a whole number, 1 or more`);
  }
  if (!Number.isInteger(prefetchMultiplier) || prefetchMultiplier < 0) {
    throw new ImproperlyConfigured(`prefetchMultiplier=${prefetchMultiplier}: expected a whole number, 0 or more`);
  }
  if (pool !== "async") throw new ImproperlyConfigured(`pool='${pool}': expected 'async'`);
  return options;
}

/** @param {Promise<void>} work @param {number} limitMs @param {() => void} onLate */
async function withinMs(work, limitMs, onLate) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(onLate()), limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
