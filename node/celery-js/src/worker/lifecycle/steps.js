/**
 * A worker's steps, in the order of their start; they are stopped in reverse (blueprint.js). Nothing is taken before everything
 * that keeps a message safe is running, and everything that keeps it safe runs until the last message is settled or put back.
 *
 * A part that is added to the worker is one more entry here: one that has to see every task stands before "the consumer".
 */
import { OperationalError } from "../../errors.js";
import { showHealthAddress } from "../../validation/health-address.js";
import { nodeFormat } from "../model/nodename.js";
import { sendSignal } from "../observers/task-signals.js";
import { withinMs } from "./deadline.js";
import { drain, GIVE_UP_MS } from "./drain.js";
import { Pidfile } from "./pidfile.js";
import { StateFile } from "./state-file.js";

/**
 * @typedef {object} StepOptions
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string, log: import("../observers/log.js").Logger }} worker
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("./assembly.js").Assembly} parts
 * @property {AbortSignal} cold ends the waiting for running tasks
 * @property {() => void} close ends what would be tried again for ever
 *
 * @typedef {import("./blueprint.js").Step} Step
 */

/** @param {StepOptions} options @returns {Step[]} */
export const workerSteps = (options) => [...preparing(options), ...connecting(options), ...consuming(options)];

/** What needs no server. @param {StepOptions} options @returns {Step[]} */
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
    // Nothing is taken before what is revoked is known.
    { name: "the state file", start: () => state?.load(), stop: () => state?.close() },
  ];
}

/** What keeps messages safe, and tasks running. @param {StepOptions} options @returns {Step[]} */
function connecting({ app, worker: { log }, options, parts, close }) {
  const { transport, pools } = parts;
  const { threads } = pools;
  return [
    {
      // Before the server is there: a worker that waits for it is alive, and says so when it is asked.
      name: "the health checks",
      start: async () => {
        const address = await transport.watch();
        if (address !== null) log.info(`Health checks: ${showHealthAddress(address)}, /readyz and /livez`);
      },
      stop: () => transport.stop(),
    },
    {
      name: "the connection to the broker",
      start: async () => {
        for (const warning of await transport.start(options.queues)) log.warn(warning);
      },
      interrupt: () => transport.close(),
      stop: () => transport.close(),
    },
    { name: "the connection to the result backend", start: () => reachBackend(app, transport, log) },
    {
      name: "the threads",
      start: () => threads?.start(),
      interrupt: () => void threads?.close(),
      stop: () => threads?.close(),
    },
    {
      name: "the delivery of messages",
      start: () => transport.startRenewing(),
      // Before the threads end: what a task says because its thread is gone is no outcome, and must not be stored as one.
      stop: () => {
        close();
        transport.close();
      },
    },
  ];
}

/** What others see of the worker, and the messages. @param {StepOptions} options @returns {Step[]} */
function consuming({ app, worker, parts, cold }) {
  const { consumer, health, events, heart, mingle } = parts;
  const { hostname, log } = worker;
  const graceMs = app.settings.workerSoftShutdownTimeout * 1000;
  return [
    // Commands are heard by now, so that nothing that is revoked meanwhile is missed.
    { name: "the exchange with the other workers", start: () => mingle?.sync() },
    {
      name: "the receivers of workerShutdown",
      stop: () => withinMs(Promise.resolve(sendSignal(log, "workerShutdown", worker, {})), GIVE_UP_MS),
    },
    {
      // Stopped after the last task has ended: what still runs is told of until then.
      name: "the events",
      start: () => heart?.start(),
      stop: () => {
        heart?.stop();
        return withinMs(events.close(), GIVE_UP_MS);
      },
    },
    {
      name: "the consumer",
      start: () => {
        consumer.start();
        health.phase = "consuming";
      },
      stop: () => drain(parts, { graceMs, cold, log }),
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
 * A backend that refuses stops the worker: no result could ever be stored. One that is away is waited for by whoever stores.
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
  const payload = { instance: worker, conf: app.settings };
  await sendSignal(worker.log, "celerydInit", worker.hostname, { ...payload, options });
  await sendSignal(worker.log, "workerInit", worker, {});
  await sendSignal(worker.log, "celerydAfterSetup", worker.hostname, payload);
}
