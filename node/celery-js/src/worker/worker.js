/**
 * A worker's life: its parts are started in order, and stopped in reverse. Nothing is taken before everything that keeps a
 * message safe is running, and everything that keeps it safe runs until the last message is settled or put back.
 */

import { ImproperlyConfigured, OperationalError } from "../errors.js";
import { showHealthAddress } from "../health-address.js";
import { RATE } from "../kinds.js";
import { hidePassword } from "../transport/redis/url.js";
import { VERSION } from "../version.js";
import { assemble } from "./assembly.js";
import { banner } from "./banner.js";
import { createLogger } from "./log.js";
import { nodename } from "./nodename.js";
import { checkWorkerOptions } from "./options.js";
import { Reporter } from "./reporter.js";
import { listenForSignals } from "./shutdown.js";
import { catchStrayErrors } from "./stray-errors.js";

/** What a stop may take beyond its grace period before it gives up on a server that does not answer. */
const GIVE_UP_MS = 5_000;

/** @typedef {import("./options.js").WorkerOptions} WorkerOptions */

export class Worker {
  #app;
  #options;
  #parts;
  #state = /** @type {"new" | "starting" | "running" | "stopped"} */ ("new");
  #stopping = /** @type {Promise<void> | null} */ (null);
  /** Settles once no part is being started any more. @type {Promise<void>} */
  #starting = Promise.resolve();
  #cold = new AbortController();
  #closed = new AbortController();
  /** Ends a worker that is better started anew. */
  #giveUp = (/** @type {string} */ _why) => void this.stop();
  /** Ends it because somebody asked for that by remote control. @type {(why: string) => void} */
  #shutDown = () => void this.stop();

  /**
   * @param {import("./types.js").WorkerApp} app
   * @param {WorkerOptions} options
   * @param {{ threadEntry: URL }} above the module that a thread of the pool runs
   * @throws {ImproperlyConfigured} when an option cannot be used, or a task cannot run in its pool
   */
  constructor(app, options, { threadEntry }) {
    const { settings } = app;
    this.#app = app;
    this.#options = checkWorkerOptions(options, settings);
    this.hostname = nodename(options.hostname);
    this.log = options.log ?? createLogger({ level: settings.workerLogLevel, format: settings.workerLogFormat });
    const reporter = new Reporter(this.log, hidePassword(settings.brokerUrl));
    const { hostname, log } = this;
    const closed = this.#closed.signal;
    const onTooManyZombies = (/** @type {number} */ zombies) => {
      log.fatal(`${zombies} task(s) were given up and still run: the worker stops, to be started anew`);
      this.#giveUp("Too many zombies");
    };
    const onShutdown = () => this.#shutDown("Remote control");
    const own = { options: this.#options, reporter, closed, threadEntry, onTooManyZombies, onShutdown };
    this.#parts = assemble({ app, worker: this, hostname, log, ...own });
  }

  /** For remote control. @param {Worker} worker @returns {import("./assembly.js").Assembly} what it is made of */
  static partsOf(worker) {
    return worker.#parts;
  }

  /**
   * Connects, as long as that takes, and starts to consume.
   *
   * @returns {Promise<void>} once consuming
   * @throws {ImproperlyConfigured} when the server cannot be trusted with messages, see `checkServer`
   * @throws {OperationalError} when it is stopped before that
   */
  async start() {
    if (this.#state !== "new") throw new ImproperlyConfigured("a worker is started once; make a new one");
    this.#state = "starting";
    const started = this.#startParts();
    this.#starting = started.catch(() => {});
    try {
      await started;
    } catch (error) {
      // Whatever a part says whose connection was closed under it: that is why.
      const cause = this.#stopping === null ? error : stoppedEarly(error);
      await this.stop();
      throw cause;
    }
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

  /**
   * Starts, and runs until a signal stops it (SIGTERM and SIGINT: warm; a second one: cold), then ends the process: with 0,
   * or with 1 after an uncaught exception, when it could not start, or when as many tasks as it has slots were given up and
   * still run.
   *
   * @returns {Promise<never>}
   */
  async run() {
    const { promise: ended, resolve: end } = withResolver();
    let exitCode = 0;
    let isToldToStop = false;
    const stopWarm = (/** @type {string} */ why) => {
      isToldToStop = true;
      if (this.#stopping) return;
      this.log.info(`${why}: warm shutdown, ${this.#parts.dispatcher.active.length} task(s) running`);
      void this.stop().then(end);
    };
    const tellOfSignal = (/** @type {string} */ sig, /** @type {"Warm" | "Cold"} */ how) =>
      void this.#parts.announcements.tell("workerShuttingDown", this.hostname, { sig, how, exitcode: 0 });
    listenForSignals({
      onFirst: (signal) => {
        tellOfSignal(signal, "Warm");
        stopWarm(signal);
      },
      onSecond: (signal) => {
        tellOfSignal(signal, "Cold");
        this.log.warn(`${signal} again: cold shutdown`);
        void this.stop({ cold: true }).then(end);
      },
    });
    catchStrayErrors({
      log: this.log,
      onUncaught: () => {
        exitCode = 1;
        stopWarm("Uncaught exception");
      },
    });
    this.#shutDown = stopWarm;
    this.#giveUp = (why) => {
      exitCode = 1;
      stopWarm(why);
    };
    this.#showBanner();
    try {
      await Promise.race([this.start(), ended]);
      await ended;
    } catch (error) {
      // A worker that is stopped while it waits for its server has not failed.
      if (!isToldToStop) {
        exitCode = 1;
        this.log.fatal(/** @type {Error} */ (error).message);
      }
    }
    await withinMs(this.#app.close(), GIVE_UP_MS);
    this.log.info("Worker stopped");
    // Tasks that were cut off may still have timers and sockets, and must not run on.
    return process.exit(exitCode);
  }

  /**
   * Changes the rate limit of a task in this worker, for what waits already too (Celery's control command `rate_limit`).
   *
   * @param {string} name of the task
   * @param {import("./token-bucket.js").Rate} rate tasks a second, or "10/s", "10/m", "10/h"; null or 0: no limit
   * @throws {NotRegistered} when there is no such task here
   * @throws {TypeError} when it is no rate
   */
  setRateLimit(name, rate) {
    this.#app.tasks.get(name);
    if (rate !== null && !RATE[1](rate)) throw new TypeError(`a rate limit is ${RATE[0]}, not ${JSON.stringify(rate)}`);
    this.#parts.rateLimits.set(name, rate);
    this.log.info(
      rate ? `New rate limit for tasks of type ${name}: ${rate}.` : `Rate limits disabled for tasks of type ${name}`,
    );
  }

  async #startParts() {
    const { transport, keeper, consumer, health, announcements, heart, threads } = this.#parts;
    const { queues } = this.#options;
    const about = { instance: this, conf: this.#app.settings };
    await announcements.tell("celerydInit", this.hostname, { ...about, options: this.#options });
    await announcements.tell("workerInit", this, {});
    await announcements.tell("celerydAfterSetup", this.hostname, about);
    // Before the server is there: a worker that waits for it is alive, and says so when it is asked.
    const address = await keeper.start();
    if (address !== null) this.log.info(`Health checks: ${showHealthAddress(address)}, /readyz and /livez`);
    this.#checkNotStopped();
    for (const warning of await transport.start(queues)) this.log.warn(warning);
    this.#checkNotStopped();
    await threads?.start();
    this.#checkNotStopped();
    this.#state = "running";
    await keeper.begin();
    this.#checkNotStopped();
    heart?.start();
    consumer.start();
    health.phase = "consuming";
    await announcements.tell("workerReady", this, {});
    this.log.info(`${this.hostname} ready.`);
  }

  #checkNotStopped() {
    if (this.#stopping) throw stoppedEarly();
  }

  async #stop() {
    const { transport, keeper, health, announcements, events, heart, threads } = this.#parts;
    health.phase = "stopping";
    const graceMs = this.#app.settings.workerSoftShutdownTimeout * 1000;
    if (this.#state === "running") {
      if (!(await withinMs(this.#finish(graceMs), graceMs + GIVE_UP_MS))) {
        this.log.error("The server does not answer; what is held goes back when its leases end");
      }
      // Last of all: what still ran was told of until now.
      heart?.stop();
      await withinMs(events.close(), GIVE_UP_MS);
      await withinMs(Promise.resolve(announcements.tell("workerShutdown", this, {})), GIVE_UP_MS);
    }
    this.#state = "stopped";
    this.#closed.abort(new OperationalError("the worker has stopped"));
    // Before the keeper: a start that waits for the server ends with its connection, and one that starts the keeper goes on.
    transport.close();
    await threads?.close();
    await this.#starting;
    await keeper.stop();
  }

  /** @param {number} graceMs */
  async #finish(graceMs) {
    const { settler, dispatcher, consumer } = this.#parts;
    await consumer.stop();
    const putBack = await dispatcher.putBackWaiting();
    if (putBack > 0) this.log.info(`Put ${putBack} reserved task(s) back`);
    await this.#waitForRunning(graceMs);
    const cut = await dispatcher.putBackRunning();
    if (cut.length > 0) this.log.warn(`Put ${cut.length} running task(s) back: ${cut.join(", ")}`);
    await settler.drain();
  }

  /** @param {number} graceMs */
  async #waitForRunning(graceMs) {
    const { dispatcher } = this.#parts;
    const { signal } = this.#cold;
    const grace = new AbortController();
    const timer = setTimeout(() => grace.abort(), graceMs);
    for (const end of [grace.signal, signal]) end.addEventListener("abort", () => dispatcher.wake(), { once: true });
    while (!dispatcher.isIdle && !grace.signal.aborted && !signal.aborted) await dispatcher.change();
    clearTimeout(timer);
  }

  #showBanner() {
    const { settings, tasks, main } = this.#app;
    const facts = {
      hostname: this.hostname,
      version: VERSION,
      app: main,
      transport: hidePassword(settings.brokerUrl),
      results: settings.resultBackend === null ? "disabled" : hidePassword(settings.resultBackend),
      concurrency: this.#parts.pools.slots.sizes,
      queues: this.#options.queues,
      tasks: tasks.names().filter((name) => !name.startsWith("celery.")),
    };
    if (process.stdout.isTTY || process.env.FORCE_COLOR) process.stdout.write(banner(facts));
    else this.log.info(facts, `${this.hostname} starting`);
  }
}

/** @param {unknown} [cause] */
const stoppedEarly = (cause) => new OperationalError("the worker was stopped before it had started", { cause });

/** @returns {{ promise: Promise<void>, resolve: () => void }} */
function withResolver() {
  /** @type {() => void} */
  let resolve = () => {};
  const promise = new Promise((fulfil) => {
    resolve = () => fulfil(undefined);
  });
  return { promise, resolve };
}

/** @param {Promise<void>} work @param {number} limitMs @returns {Promise<boolean>} whether it ended in time */
async function withinMs(work, limitMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const inTime = work.then(() => true);
  return Promise.race([inTime, late]).finally(() => clearTimeout(timer));
}
