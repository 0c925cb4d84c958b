/**
 * A worker's steps, in the order of their start; they are stopped in reverse (blueprint.js). Everything that keeps
 * messages safe starts before the first message is taken, and runs until the last one is settled or put back.
 *
 * Add a new part of the worker here; a part that must see every task goes before "the consumer".
 */
import { OperationalError } from "../../errors.js";
import { showHealthAddress } from "../../validation/health-address.js";
import { bindingOf } from "../../validation/task-queues.js";
import { logContract } from "../control/contract.js";
import { nodeFormat } from "../model/nodename.js";
import { sendSignal } from "../observers/task-signals.js";
import { withinMs } from "./deadline.js";
import { drain } from "./drain.js";
import { Pidfile } from "./pidfile.js";
import { StateFile } from "./state-file.js";

/**
 * @typedef {object} StepOptions
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string, log: import("../observers/log.js").Logger }} worker
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("./assembly.js").Assembly} parts
 * @property {AbortSignal} cold ends the waiting for running tasks
 * @property {() => void} close aborts endless retries
 * @property {import("./deadline.js").StopTime} stopTime
 *
 * @typedef {import("./blueprint.js").Step} Step
 */

/**
 * @param {StepOptions} options
 * @returns {Step[]}
 */
export const workerSteps = (options) => [...preparing(options), ...connecting(options), ...consuming(options)];

/**
 * Steps that need no server.
 *
 * @param {StepOptions} options
 * @returns {Step[]}
 */
function preparing({ app, worker, options, parts: { revocations } }) {
  const { hostname, log } = worker;
  const pidfile = options.pidfile === null ? null : new Pidfile(nodeFormat(options.pidfile, hostname), log);
  const statePath = options.statedb === null ? null : nodeFormat(options.statedb, hostname);
  const state = statePath === null ? null : new StateFile({ path: statePath, revocations, clock: app.clock, log });
  return [
    { name: "the receivers of signals", start: () => announceStart(app, worker, options) },
    { name: "the pid file", start: () => pidfile?.acquire(), stop: () => pidfile?.release() },
    {
      name: "the task files",
      start: () => {
        for (const sentence of app.skippedTaskFiles) log.warn(sentence);
      },
    },
    { name: "the contract", start: () => logContract(app.settings, log) },
    // The revocations must be known before anything is taken.
    { name: "the state file", start: () => state?.load(), stop: () => state?.close() },
  ];
}

/**
 * Steps that keep messages safe and run tasks.
 *
 * @param {StepOptions} options
 * @returns {Step[]}
 */
function connecting({ app, worker: { hostname, log }, options, parts, close, stopTime }) {
  const { taskConsumer, longTasks, pools } = parts;
  const { threads, slots } = pools;
  // A thread sends these signals itself. As with Celery's pool `solo`, this process sends them if its event loop runs tasks.
  const runsTasks = slots.used.includes("async");
  return [
    {
      // Before the connection: a worker that waits for its server is alive, and answers health checks.
      name: "the health checks",
      start: async () => {
        const address = await taskConsumer.watch();
        if (address !== null) log.info(`Health checks: ${showHealthAddress(address)}, /readyz, /livez and /metrics`);
      },
      stop: () => taskConsumer.stop(),
    },
    {
      name: "the connection to the broker",
      start: async () => {
        for (const warning of await listenTo(options.queues, app, taskConsumer)) log.warn(warning);
        longTasks.warnAtStart(app);
      },
      interrupt: () => taskConsumer.close(),
      stop: () => taskConsumer.close(),
    },
    { name: "the connection to the result backend", start: () => reachBackend(app, taskConsumer, log) },
    {
      name: "the threads",
      start: () => threads?.start(),
      interrupt: () => void threads?.close(),
      stop: () => threads?.close(),
    },
    {
      name: "the receivers of workerProcessInit",
      start: () => (runsTasks ? sendSignal(log, "workerProcessInit", hostname, {}) : undefined),
      stop: () => {
        if (!runsTasks) return undefined;
        const payload = { pid: process.pid, exitcode: 0 };
        const sent = Promise.resolve(sendSignal(log, "workerProcessShutdown", hostname, payload));
        return withinMs(sent, stopTime.stepMs);
      },
    },
    {
      name: "the delivery of messages",
      start: () => taskConsumer.startRenewing(),
      interrupt: () => taskConsumer.stop(),
      // Before the threads end: the error of a task whose thread is gone is not its outcome, and must not be stored.
      stop: () => {
        close();
        taskConsumer.close();
      },
    },
  ];
}

/**
 * Steps that show the worker to others, and consume messages.
 *
 * @param {StepOptions} options
 * @returns {Step[]}
 */
function consuming({ app, worker, parts, cold, close, stopTime }) {
  const { taskConsumer, consumer, health, events, heart, mingle } = parts;
  const { hostname, log } = worker;
  const graceMs = app.settings.workerSoftShutdownTimeout * 1000;
  return [
    // Commands already arrive, so no revocation in between is missed.
    {
      name: "the exchange with the other workers",
      start: () => mingle?.sync(),
      interrupt: () => mingle?.interrupt(),
    },
    {
      name: "the receivers of workerShutdown",
      stop: () => withinMs(Promise.resolve(sendSignal(log, "workerShutdown", worker, {})), stopTime.stepMs),
    },
    {
      // Stopped after the last task has ended, so that events of running tasks are still sent.
      name: "the events",
      start: () => heart?.start(),
      stop: () => {
        heart?.stop();
        return withinMs(events.close(), stopTime.stepMs);
      },
    },
    {
      name: "the consumer",
      start: () => {
        consumer.start();
        health.phase = "consuming";
      },
      stop: async () => {
        // Not before: a stop first waits for the start, in which receivers may take their time.
        stopTime.begin();
        if (await drain(parts, { graceMs, limitMs: stopTime.drainMs, cold, log })) return;
        // Nothing more is waited for on a server that does not answer.
        close();
        taskConsumer.close();
      },
    },
    {
      name: "the receivers of workerReady",
      start: async () => {
        await sendSignal(log, "workerReady", worker, {});
        log.info(`${hostname} ready.`);
      },
    },
  ];
}

/**
 * @param {string[]} queues
 * @param {import("../model/types.js").WorkerApp} app
 * @param {import("../../transport/transport.js").Consumer} taskConsumer
 * @returns {Promise<string[]>} warnings
 */
async function listenTo(queues, { settings: { taskQueues } }, taskConsumer) {
  const warnings = await taskConsumer.start(queues.filter((queue) => bindingOf(taskQueues, queue) === null));
  for (const queue of queues) {
    const binding = bindingOf(taskQueues, queue);
    if (binding !== null) await taskConsumer.addQueue(queue, binding);
  }
  return warnings;
}

/**
 * A backend that refuses stops the worker, as no result could ever be stored. If the backend is away, each store
 * operation waits for it.
 *
 * @param {import("../model/types.js").WorkerApp} app
 * @param {import("../../transport/transport.js").Consumer} transport
 * @param {import("../observers/log.js").Logger} log
 * @throws {OperationalError} when it refuses the connection
 */
async function reachBackend({ settings, backend }, { capabilities }, log) {
  if (settings.resultBackend === null || capabilities.canStoreResultsWithSettle) return;
  try {
    await backend.ready();
  } catch (error) {
    if (!(error instanceof OperationalError && error.isTemporary)) throw error;
    log.error(`Results cannot be stored yet: ${error.message}`);
  }
}

/**
 * @param {import("../model/types.js").WorkerApp} app
 * @param {{ hostname: string, log: import("../observers/log.js").Logger }} worker
 * @param {import("./options.js").CheckedOptions} options
 */
async function announceStart(app, worker, options) {
  const payload = { instance: worker, conf: app.conf };
  await sendSignal(worker.log, "celerydInit", worker.hostname, { ...payload, options });
  await sendSignal(worker.log, "workerInit", worker, {});
  await sendSignal(worker.log, "celerydAfterSetup", worker.hostname, payload);
}
