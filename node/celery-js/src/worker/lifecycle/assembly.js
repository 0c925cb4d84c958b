/**
 * Puts a worker together: which part knows which. Nothing runs yet when this returns.
 */
import { randomBytes } from "node:crypto";
import { resultKeyPrefix } from "../../backend/redis/store.js";
import { Executor } from "../../execution/executor.js";
import { Callbacks } from "../../execution/follow-ups/callbacks.js";
import { Chords } from "../../execution/follow-ups/chords.js";
import { FollowUps } from "../../execution/follow-ups/follow-ups.js";
import { ResultEncoder } from "../../execution/result-encoder.js";
import { controlExchange } from "../../protocol/pidbox.js";
import { RedisConsumer } from "../../transport/redis/consumer.js";
import { Keeper } from "../../transport/redis/keeper.js";
import { redisKeys } from "../../transport/redis/keys.js";
import { parseRedisUrl } from "../../transport/redis/url.js";
import { parseHealthAddress } from "../../validation/health-address.js";
import { Completer } from "../completion/completer.js";
import { createPersist } from "../completion/persistence.js";
import { createSettle, SettleBatcher } from "../completion/settle-batcher.js";
import { Mingle } from "../control/mingle.js";
import { ControlNode } from "../control/node.js";
import { Panel } from "../control/panel.js";
import { Admission } from "../intake/admission.js";
import { Consumer } from "../intake/consumer.js";
import { Dispatcher } from "../intake/dispatcher.js";
import { RateLimits } from "../intake/rate-limits.js";
import { Revocations } from "../model/revocations.js";
import { Announcements } from "../observers/announcements.js";
import { EventDispatcher } from "../observers/event-dispatcher.js";
import { Heart } from "../observers/heart.js";
import { TaskEvents } from "../observers/task-events.js";
import { assemblePools } from "../pools/assembly.js";
import { Health } from "./health.js";

/** kombu's visibility_timeout is an hour: we tell its sweep three times in that hour that we live. */
const RESCORE_MS = 20 * 60_000;
/** A loop that stands still for this long starts nothing: health checks call the worker not ready. */
const READY_STALL_MS = 10_000;
/**
 * @typedef {object} Assembly
 * @property {RedisConsumer} transport
 * @property {Keeper} keeper
 * @property {SettleBatcher} settleBatcher
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
 * @property {Health} health
 * @property {Announcements} announcements
 * @property {EventDispatcher} events
 * @property {Heart | null} heart null where it is not to beat
 * @property {import("../pools/threads.js").ThreadPool | null} threads null where no task runs in one
 * @property {RateLimits} rateLimits
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {Revocations} revocations
 * @property {Mingle | null} mingle null where the other workers are not to be asked
 *
 * @typedef {object} Plan what the parts are made for
 * @property {import("../model/types.js").WorkerApp} app
 * @property {object} worker
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("../observers/reporter.js").Reporter} reporter
 * @property {URL} threadEntry the module that a thread of the pool runs
 * @property {(zombies: number) => void} onTooManyZombies
 * @property {() => void} onShutdown called when remote control stops the worker
 * @property {AbortSignal} closed ends what would be tried again for ever, once the worker has stopped
 */

/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export function assemble(plan) {
  const { app, hostname, log, options, reporter, closed } = plan;
  const { settings } = app;
  const leaseMs = settings.leaseS * 1000;
  const onLost = (/** @type {number[]} */ numbers) => {
    reporter.onLeasesLost(numbers);
    dispatcher.drop(numbers);
  };
  const onCommand = (/** @type {import("../../protocol/pidbox.js").Command} */ command) => control.receive(command);
  const onSubscribed = () => mingle?.syncAgain();
  const onUp = () => heart?.again();
  const hooks = { onLost, onCommand, onSubscribed, onUp, snapshot: () => health.snapshot() };
  const { transport, keeper } = assembleTransport(plan, leaseMs, hooks);
  const settleBatcher = new SettleBatcher({
    settle: createSettle({ app, transport, reporter, closed }),
    onSettled: (settlements, gone) => {
      keeper.release(settlements.flatMap(({ number }) => (number === null ? [] : [number])));
      reporter.onGone(gone.map((index) => settlements[index].taskId));
    },
    onRefused: (waiting, error) => completer.refuse(waiting, error),
    onFailed: reporter.onUnsettled,
    onRoom: () => dispatcher.wake(),
  });
  const resultEncoder = new ResultEncoder(settings, hostname);
  const store = (/** @type {string} */ taskId, /** @type {string} */ result) => completer.store(taskId, result);
  const persist = createPersist(closed, log);
  const callbacks = new Callbacks({ app, persist, log });
  const chords = new Chords({ app, log, persist, callbacks, resultEncoder, store });
  const followUps = new FollowUps({ app, callbacks, chords, store, log });
  const { taskEvents, heartbeatInterval: intervalS } = options;
  const eventOptions = { hostname, clock: app.clock, exchange: settings.eventExchange };
  const { onEventsRefused: onRefused, onEventsAccepted: onAccepted } = reporter;
  const events = new EventDispatcher({ ...eventOptions, taskEvents, transport, log, onRefused, onAccepted });
  const taskObserver = new TaskEvents(events);
  const announcements = new Announcements({
    worker: plan.worker,
    hostname,
    tasks: app.tasks,
    events: taskObserver,
    log,
  });
  const completer = new Completer({
    transport,
    keeper,
    settleBatcher,
    resultEncoder,
    followUps,
    announcements,
    events: taskObserver,
    log,
    onEnded: () => dispatcher.wake(),
  });
  const pools = assemblePools(plan, store);
  const { slots, threads, zombies } = pools;
  const completion = { callbacks, followUps, completer, announcements, events: taskObserver };
  const executor = new Executor({ app, hostname, log, resultEncoder, threads, zombies, ...completion });
  const revocations = new Revocations();
  const mingleOptions = { settings, hostname, revocations, clock: app.clock, log, closed };
  const mingle = options.withoutMingle ? null : new Mingle(mingleOptions);
  const admission = new Admission({ app, log, leaseMs, pool: options.pool, revocations });
  const rateLimits = new RateLimits({
    defaultRate: settings.taskDefaultRateLimit,
    isDisabled: settings.workerDisableRateLimits,
    onDue: () => dispatcher.startMore(),
  });
  const parts = { admission, executor, completer, rateLimits, keeper, announcements, revocations, log };
  const dispatcher = new Dispatcher({ slots, leaseMs, parts });
  const consumer = new Consumer({ transport, dispatcher, reporter, log });
  const state = {
    app,
    hostname,
    log,
    transport,
    dispatcher,
    consumer,
    rateLimits,
    revocations,
    pools,
    events,
    options,
  };
  const control = new ControlNode({
    state: { ...state, clock: app.clock, startedAtMs: Date.now(), stop: plan.onShutdown },
    panel: new Panel(app.controlCommands),
    isLimited: settings.workerEnableRemoteControl === "inspect",
  });
  const health = new Health({ dispatcher, transport, concurrency: slots.total });
  const counts = () => ({ active: dispatcher.running, processed: dispatcher.processed });
  const heart = options.withoutHeartbeat ? null : new Heart({ events, intervalS, counts });
  const observers = { announcements, events, heart };
  return {
    transport,
    keeper,
    settleBatcher,
    dispatcher,
    consumer,
    health,
    ...observers,
    threads,
    rateLimits,
    pools,
    revocations,
    mingle,
  };
}

/**
 * @param {Plan} plan
 * @param {number} leaseMs
 * @param {object} hooks
 * @param {(numbers: number[]) => void} hooks.onLost
 * @param {(command: import("../../protocol/pidbox.js").Command) => void} hooks.onCommand
 * @param {() => void} hooks.onUp called whenever the connection for tasks is there
 * @param {() => void} hooks.onSubscribed called whenever commands are heard from now on
 * @param {() => import("../../transport/vitals.js").Snapshot} hooks.snapshot
 */
function assembleTransport({ app, hostname, reporter, log }, leaseMs, hooks) {
  const { onLost, onCommand, onSubscribed, onUp, snapshot } = hooks;
  const { settings } = app;
  const healthAddress = parseHealthAddress(settings.workerHealthAddress);
  const address = parseRedisUrl(settings.brokerUrl, { tls: settings.brokerTransportOptions.tls });
  const { globalKeyprefix, prioritySteps } = settings.brokerTransportOptions;
  const keyOptions = { globalKeyprefix, prioritySteps, db: address.db };
  const keys = redisKeys(keyOptions);
  // Unique to this process: a restarted worker must not use the tags of the one that died.
  const tagPrefix = `${hostname}/${randomBytes(6).toString("hex")}:`;
  const transport = new RedisConsumer({
    address,
    keys,
    workerName: hostname,
    tagPrefix,
    leaseMs,
    deadLetterLimit: settings.deadLetterLimit,
    deadLetterMaxAgeMs: settings.deadLetterMaxAgeS * 1000,
    resultKeyPrefix: resultKeyPrefix(settings.resultBackendTransportOptions.globalKeyprefix),
    resultExpiresS: Math.ceil(settings.resultExpires ?? 0),
    failureExpiresS: Math.ceil(settings.resultFailureExpires ?? settings.resultExpires ?? 0),
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    onDown: reporter.onDown,
    onUp,
    onRefused: reporter.onRefused,
    onAccepted: reporter.onAccepted,
  });
  const keeper = new Keeper(
    {
      address,
      keyOptions,
      workerName: hostname,
      tagPrefix,
      leaseMs,
      rescoreMs: RESCORE_MS,
      deadLetterLimit: settings.deadLetterLimit,
      loopStallLimitMs: settings.loopStallLimitS * 1000,
      controlExchange: settings.workerEnableRemoteControl ? controlExchange(settings.controlExchange) : null,
      health: healthAddress && { address: healthAddress, readyStallMs: READY_STALL_MS },
    },
    ({ lost, restored, sweepError, outage, command, problem, malformed, subscribed }) => {
      if (subscribed) onSubscribed();
      if (command) onCommand(command);
      if (problem) log.error(problem);
      if (malformed !== undefined) reporter.onMalformed(malformed);
      if (lost) onLost(lost);
      if (restored) reporter.onRestored(restored);
      if (sweepError !== undefined) reporter.onSweep(sweepError);
      if (outage) reporter.onKeeperDown(outage.reason, outage.retryInMs);
      if (outage === null) reporter.onKeeperUp();
    },
    snapshot,
  );
  reporter.prove([() => transport.connection.answers(), () => keeper.answers()]);
  return { transport, keeper };
}
