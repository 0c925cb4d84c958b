/** Assembles a worker, folder by folder, by connecting its parts. Nothing runs yet when this returns. */
import { Executor } from "../../execution/executor.js";
import { sendRetry } from "../../execution/retry.js";
import { Metrics } from "../../transport/metrics.js";
import { createConsumer } from "../../transport/transport.js";
import { createCompletion } from "../completion/assembly.js";
import { createControl } from "../control/assembly.js";
import { createIntake } from "../intake/assembly.js";
import { createHeart, createObservers } from "../observers/assembly.js";
import { TaskMetrics } from "../observers/task-metrics.js";
import { createPools } from "../pools/assembly.js";
import { Health } from "./health.js";
import { WorkerMetrics } from "./worker-metrics.js";

/**
 * @typedef {object} Assembly
 * @property {import("../../transport/transport.js").Consumer} taskConsumer
 * @property {import("../completion/settle-batcher.js").SettleBatcher} settleBatcher
 * @property {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @property {import("../intake/consumer.js").Consumer} consumer
 * @property {Health} health
 * @property {import("../observers/event-dispatcher.js").EventDispatcher} events
 * @property {import("../observers/heart.js").Heart | null} heart null if it does not beat
 * @property {import("../intake/long-tasks.js").LongTasks} longTasks
 * @property {import("../intake/rate-limits.js").RateLimits} rateLimits
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {import("../model/revocations.js").Revocations} revocations
 * @property {import("../control/mingle.js").Mingle | null} mingle null if the other workers are not asked
 *
 * @typedef {object} Plan the inputs of the assembly
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string }} worker
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("../observers/reporter.js").Reporter} reporter
 * @property {URL} threadEntry the module that a thread of the pool runs
 * @property {(zombies: number) => void} onTooManyZombies
 * @property {() => void} onShutdown called when remote control stops the worker
 * @property {AbortSignal} closed aborts endless retries once the worker has stopped
 */

/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export function assemble(plan) {
  const metrics = plan.app.settings.workerHealthAddress === null ? null : new Metrics();
  /** @type {Partial<import("../../transport/transport.js").ConsumerHooks>} */
  const hooks = { ...reporterHooks(plan), metrics };
  const taskConsumer = createConsumer(plan.app.settings, plan.hostname, hooks);
  plan.reporter.prove([() => taskConsumer.answers()]);
  const ofTasks = metrics && new TaskMetrics(metrics);
  const { observers, events } = createObservers(plan, taskConsumer, ofTasks);
  const { completer, settleBatcher, store, ...completion } = createCompletion(plan, { taskConsumer, observers });
  const sendEvent = (/** @type {string} */ type, /** @type {Record<string, unknown>} */ fields) =>
    events.send(type, fields);
  const pools = createPools(plan, { store, sendEvent });
  const executor = createExecutor(plan, { ...completion, ...pools, observers, store, sendEvent });
  const { slots } = pools;
  const leaving = { completer, settleBatcher };
  const intake = createIntake(plan, { taskConsumer, ...leaving, executor, slots, observers });
  const { control, mingle } = createControl(plan, { ...intake, transport: taskConsumer, pools, events });
  const { dispatcher } = intake;
  const heart = createHeart(plan, events, dispatcher);
  const health = new Health({ dispatcher, taskConsumer, concurrency: slots.total });
  // Nothing is reported before the worker starts.
  hooks.onMissing = dispatcher.drop;
  hooks.onLost = (tags) => {
    plan.reporter.onLeasesLost(tags, dispatcher.runningOf(tags));
    dispatcher.drop(tags);
  };
  hooks.onCommand = (command) => control.receive(command);
  hooks.onSubscribed = () => mingle?.syncAgain();
  hooks.onUp = () => heart?.again();
  const ofWorker = metrics && new WorkerMetrics(metrics, { plan, dispatcher, slots, taskConsumer });
  hooks.snapshot = () => {
    ofWorker?.update();
    ofTasks?.consumes(taskConsumer.queues, plan.app.tasks);
    return health.snapshot();
  };
  return { ...intake, taskConsumer, settleBatcher, pools, events, heart, health, mingle };
}

/**
 * @param {Plan} plan
 * @param {Omit<import("../../execution/executor.js").ExecutorParts, "services">
 *   & Pick<import("../../execution/executor.js").WorkerServices, "observers" | "resultEncoder" | "store" | "sendEvent">
 *   & Pick<import("../completion/assembly.js").Completion, "downstream">} parts
 * @returns {Executor}
 */
function createExecutor({ app, hostname, log }, { observers, resultEncoder, store, sendEvent, downstream, ...parts }) {
  /** @type {import("../../execution/executor.js").WorkerServices} */
  const services = {
    app,
    hostname,
    log,
    observers,
    resultEncoder,
    store,
    sendEvent,
    send: (planned) => sendRetry(app, planned),
    replace: (replacement) => replacement.delay(),
    failBody: (body, error, execution) => downstream.failBody(body, { error, execution }),
  };
  return new Executor({ ...parts, services });
}

/**
 * @param {Plan} plan
 * @returns {Partial<import("../../transport/transport.js").ConsumerHooks>} the hooks that write to the log
 */
function reporterHooks({ reporter, log }) {
  const { onDown, onRefused, onAccepted, onRestored, onSweep, onMalformed, onTrouble, onTroubleOver } = reporter;
  const { onKeeperDown: onRenewalDown, onKeeperUp: onRenewalUp } = reporter;
  const onProblem = (/** @type {string} */ problem) => log.error(problem);
  const ofBroker = { onDown, onRefused, onAccepted, onRenewalDown, onRenewalUp };
  return { ...ofBroker, onTrouble, onTroubleOver, onRestored, onSweep, onMalformed, onProblem };
}
