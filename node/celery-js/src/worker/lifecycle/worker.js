/**
 * A worker's lifecycle: start and stop, and the signals and exit code when it is a separate program. Its steps are in
 * steps.js.
 */
import { hideBackendPassword } from "../../backend/backend.js";
import { ImproperlyConfigured, OperationalError, PidfileLocked } from "../../errors.js";
import { setProcessLog } from "../../execution/task-logger.js";
import { hidePassword } from "../../transport/transport.js";
import { BOOLEAN, methodOptions, RATE } from "../../validation/kinds.js";
import { VERSION } from "../../version.js";
import { nodeFormat, nodename } from "../model/nodename.js";
import { createLogger, isPretty } from "../observers/log.js";
import { Reporter } from "../observers/reporter.js";
import { sendSignal } from "../observers/task-signals.js";
import { assemble } from "./assembly.js";
import { banner } from "./banner.js";
import { Blueprint } from "./blueprint.js";
import { StopTime, withinMs } from "./deadline.js";
import { reportExit } from "./exit-report.js";
import { LogFile } from "./log-file.js";
import { checkWorkerOptions } from "./options.js";
import { listenForOtherSignals, listenForSignals } from "./process-signals.js";
import { workerSteps } from "./steps.js";
import { catchStrayErrors } from "./stray-errors.js";

/** The exit code of a worker whose pid file belongs to a living process, as in Celery (sysexits.h). */
const EX_CANTCREAT = 73;
const PRESS_AGAIN = "Hitting Ctrl+C again will initiate cold shutdown, terminating all running tasks!";

/** @typedef {import("./options.js").WorkerOptions} WorkerOptions */

const STOP_KINDS = { cold: BOOLEAN };

export class Worker {
  #app;
  #options;
  #parts;
  #blueprint;
  #isStarted = false;
  #stopping = /** @type {Promise<void> | null} */ (null);
  #cold = new AbortController();
  #closed = new AbortController();
  #stopTime;
  /** Stops the worker with exit code 1, so that its supervisor restarts it. */
  #giveUp = (/** @type {string} */ _why) => {
    void this.stop();
  };
  /** Stops the worker on request by remote control. @type {(why: string) => void} */
  #shutDown = (_why) => {
    void this.stop();
  };

  /**
   * @param {import("../model/types.js").WorkerApp} app
   * @param {WorkerOptions} options
   * @param {{ threadEntry: URL }} above the module that a thread of the pool runs
   * @throws {ImproperlyConfigured} when an option cannot be used, or a task cannot run in its pool
   */
  constructor(app, options, { threadEntry }) {
    const { settings } = app;
    this.#app = app;
    this.#options = checkWorkerOptions(options, settings);
    this.hostname = nodename(options.hostname);
    const { workerLogLevel: level, workerLogFormat: format } = settings;
    const logfile = options.logfile && nodeFormat(options.logfile, this.hostname);
    this.log =
      options.log ??
      createLogger({ level, format, worker: this.hostname, ...(logfile && { stream: new LogFile(logfile) }) });
    setProcessLog(this.log);
    const reporter = new Reporter(this.log, hidePassword(settings.brokerUrl));
    const { hostname, log } = this;
    const closed = this.#closed.signal;
    const onTooManyZombies = (/** @type {number} */ zombies) => {
      log.fatal(`${zombies} task(s) were given up and still run: the worker stops, so that its supervisor restarts it`);
      this.#giveUp("Too many zombies");
    };
    const onShutdown = () => this.#shutDown("Remote control");
    const local = { options: this.#options, reporter, closed, threadEntry, onTooManyZombies, onShutdown };
    this.#parts = assemble({ app, worker: this, hostname, log, ...local });
    const close = () => this.#closed.abort(new OperationalError("the worker has stopped"));
    this.#stopTime = new StopTime(settings.workerSoftShutdownTimeout * 1000);
    const stepOptions = {
      stopTime: this.#stopTime,
      app,
      worker: this,
      options: this.#options,
      parts: this.#parts,
      cold: this.#cold.signal,
      close,
    };
    this.#blueprint = new Blueprint(workerSteps(stepOptions), log);
  }

  /**
   * For remote control.
   *
   * @param {Worker} worker
   * @returns {import("./assembly.js").Assembly} what it is made of
   */
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
    if (this.#isStarted || this.#stopping)
      throw new ImproperlyConfigured("a worker can start only once; create a new one");
    this.#isStarted = true;
    try {
      await this.#blueprint.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Stops warm: stops taking, puts back what has not started, waits for running tasks (`workerSoftShutdownTimeout`, in
   * seconds), and puts back those that still run. Idempotent.
   *
   * @param {{ cold?: boolean }} [options] `cold`: does not wait, even if a warm stop is under way
   * @returns {Promise<void>}
   */
  stop(options = {}) {
    if (methodOptions(options, STOP_KINDS, "stop()").cold) this.#cold.abort();
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * Starts, and runs until a signal stops it (`process-signals.js`: SIGTERM and the first SIGINT warm, SIGQUIT and the next ones
   * cold), then ends the process: with 0, or with 1 after an uncaught exception, when it could not start, when as many tasks
   * as it has slots were given up and still run, or at once when a signal asks for it a third time; with 73 when the process
   * in its pid file lives.
   *
   * @returns {Promise<never>}
   */
  async run() {
    const { promise: ended, resolve: end } = withResolver();
    let exitCode = 0;
    let isToldToStop = false;
    const stop = (/** @type {string} */ why, /** @type {"warm" | "cold"} */ how, /** @type {boolean} */ isAtOnce) => {
      isToldToStop = true;
      const running = this.#parts.dispatcher.active.length;
      this.log[isAtOnce ? "warn" : "info"](`${why}: ${how} shutdown, ${running} task(s) running`);
      void this.stop({ cold: isAtOnce }).then(end);
    };
    const stopWarm = (/** @type {string} */ why) => {
      if (!this.#stopping) stop(why, "warm", false);
    };
    const fail = (/** @type {string} */ why) => {
      exitCode = 1;
      stopWarm(why);
    };
    listenForSignals((stage, sig) => {
      if (stage === "hard") {
        this.log.fatal(`${sig}: ended at once; its messages return to their queues when their leases end`);
        process.exit(1);
      }
      const how = stage === "warm" ? "warm" : "cold";
      void sendSignal(this.log, "workerShuttingDown", this.hostname, {
        sig,
        how: how === "warm" ? "Warm" : "Cold",
        exitcode: 0,
      });
      if (stage === "warm") stopWarm(sig);
      else stop(sig, how, stage === "cold");
      if (sig === "SIGINT" && how === "warm") this.log.info(PRESS_AGAIN);
    });
    listenForOtherSignals({
      log: this.log,
      running: () => this.#parts.dispatcher.active,
      isTerminal: process.stdin.isTTY || process.stdout.isTTY,
      onHangup: () => stopWarm("SIGHUP"),
    });
    const forgetExit = reportExit(this.log, () => this.#parts.dispatcher.active);
    catchStrayErrors({ log: this.log, onUncaught: () => fail("Uncaught exception") });
    this.#shutDown = stopWarm;
    this.#giveUp = fail;
    this.#showBanner();
    try {
      await Promise.race([this.start(), ended]);
      await ended;
    } catch (error) {
      // A worker that is stopped while it waits for its server has not failed.
      if (!isToldToStop) {
        exitCode = error instanceof PidfileLocked ? EX_CANTCREAT : 1;
        this.log.fatal(/** @type {Error} */ (error).message);
      }
    }
    await withinMs(this.#app.close(), this.#stopTime.stepMs);
    this.log.info("Worker stopped");
    forgetExit();
    // Tasks that were cut off may still have timers and sockets, and must not run on.
    return process.exit(exitCode);
  }

  /**
   * Changes the rate limit of a task in this worker, also for waiting messages (Celery's control command `rate_limit`).
   *
   * @param {string} name of the task
   * @param {import("../intake/token-bucket.js").Rate} rate tasks a second, or "10/s", "10/m", "10/h"; null or 0: no limit
   * @throws {NotRegistered} when there is no such task here
   * @throws {TypeError} when it is not a rate
   */
  setRateLimit(name, rate) {
    this.#app.tasks.get(name);
    if (rate !== null && !RATE[1](rate)) throw new TypeError(`a rate limit is ${RATE[0]}, not ${JSON.stringify(rate)}`);
    this.#parts.rateLimits.set(name, rate);
    this.log.info(
      rate ? `New rate limit for tasks of type ${name}: ${rate}.` : `Rate limits disabled for tasks of type ${name}`,
    );
  }

  async #stop() {
    this.#parts.health.phase = "stopping";
    await this.#blueprint.stop();
    this.#closed.abort(new OperationalError("the worker has stopped"));
  }

  #showBanner() {
    const { settings, tasks, main } = this.#app;
    const facts = {
      version: VERSION,
      app: main,
      transport: hidePassword(settings.brokerUrl),
      results: settings.resultBackend === null ? "disabled" : hideBackendPassword(settings.resultBackend),
      concurrency: this.#parts.pools.slots.sizes,
      queues: this.#options.queues,
      tasks: tasks.names().filter((name) => !name.startsWith("celery.")),
    };
    if (isPretty(settings.workerLogFormat)) process.stdout.write(banner(this.hostname, facts));
    else this.log.info(facts, `${this.hostname} starting`);
  }
}

/** @returns {{ promise: Promise<void>, resolve: () => void }} */
function withResolver() {
  /** @type {() => void} */
  let resolve = () => {};
  const promise = new Promise((fulfil) => {
    resolve = () => fulfil(undefined);
  });
  return { promise, resolve };
}
