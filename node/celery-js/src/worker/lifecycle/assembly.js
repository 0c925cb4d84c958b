/** Puts a worker together, folder by folder: which part knows which. Nothing runs yet when this returns. */
import { randomBytes } from "node:crypto";
import { resultKeyPrefix } from "../../backend/redis/store.js";
import { Executor } from "../../execution/executor.js";
import { sendRetry } from "../../execution/retry.js";
import { controlExchange } from "../../protocol/pidbox.js";
import { RedisConsumer } from "../../transport/redis/consumer.js";
import { Keeper } from "../../transport/redis/keeper.js";
import { redisKeys } from "../../transport/redis/keys.js";
import { parseRedisUrl } from "../../transport/redis/url.js";
import { parseHealthAddress } from "../../validation/health-address.js";
import { createCompletion } from "../completion/assembly.js";
import { createControl } from "../control/assembly.js";
import { createIntake } from "../intake/assembly.js";
import { createHeart, createObservers } from "../observers/assembly.js";
import { createPools } from "../pools/assembly.js";
import { Health } from "./health.js";

/** kombu's visibility_timeout is an hour: we tell its sweep three times in that hour that we live. */
const RESCORE_MS = 20 * 60_000;
/** A loop that stands still for this long starts nothing: health checks call the worker not ready. */
const READY_STALL_MS = 10_000;

/**
 * @typedef {object} Assembly
 * @property {RedisConsumer} transport
 * @property {Keeper} keeper
 * @property {import("../completion/settle-batcher.js").SettleBatcher} settleBatcher
 * @property {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @property {import("../intake/consumer.js").Consumer} consumer
 * @property {Health} health
 * @property {import("../observers/event-dispatcher.js").EventDispatcher} events
 * @property {import("../observers/heart.js").Heart | null} heart null where it is not to beat
 * @property {import("../intake/rate-limits.js").RateLimits} rateLimits
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {import("../model/revocations.js").Revocations} revocations
 * @property {import("../control/mingle.js").Mingle | null} mingle null where the other workers are not to be asked
 *
 * @typedef {object} Plan what the parts are made for
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string }} worker
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("../observers/reporter.js").Reporter} reporter
 * @property {URL} threadEntry the module that a thread of the pool runs
 * @property {(zombies: number) => void} onTooManyZombies
 * @property {() => void} onShutdown called when remote control stops the worker
 * @property {AbortSignal} closed ends what would be tried again for ever, once the worker has stopped
 *
 * @typedef {object} TransportHooks what the connection to the broker reports
 * @property {(numbers: number[]) => void} onLost
 * @property {(command: import("../../protocol/pidbox.js").Command) => void} onCommand
 * @property {() => void} onUp called whenever the connection for tasks is there
 * @property {() => void} onSubscribed called whenever commands are heard from now on
 * @property {() => import("../../transport/vitals.js").Snapshot} snapshot
 */

/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export function assemble(plan) {
  /** Filled in below, by what each report is for: nothing is reported before the worker starts. */
  const hooks = /** @type {TransportHooks} */ ({});
  const { transport, keeper } = assembleTransport(plan, hooks);
  const { observers, events } = createObservers(plan, transport);
  const { completer, settleBatcher, store, ...completion } = createCompletion(plan, { transport, keeper, observers });
  const pools = createPools(plan, store);
  const executor = createExecutor(plan, { ...completion, ...pools, observers, store });
  const { slots } = pools;
  const intake = createIntake(plan, { transport, keeper, completer, executor, slots, observers });
  const { control, mingle } = createControl(plan, { ...intake, transport, pools, events });
  const { dispatcher } = intake;
  const heart = createHeart(plan, events, dispatcher);
  const health = new Health({ dispatcher, transport, concurrency: slots.total });
  hooks.onLost = dispatcher.drop;
  hooks.onCommand = (command) => control.receive(command);
  hooks.onSubscribed = () => mingle?.syncAgain();
  hooks.onUp = () => heart?.again();
  hooks.snapshot = () => health.snapshot();
  return { ...intake, transport, keeper, settleBatcher, pools, events, heart, health, mingle };
}

/**
 * @param {Plan} plan
 * @param {Omit<import("../../execution/executor.js").ExecutorParts, "services">
 *   & Pick<import("../../execution/executor.js").WorkerServices, "observers" | "resultEncoder" | "store">} parts
 * @returns {Executor}
 */
function createExecutor({ app, hostname, log }, { observers, resultEncoder, store, ...parts }) {
  /** @type {import("../../execution/executor.js").WorkerServices} */
  const services = {
    app,
    hostname,
    log,
    observers,
    resultEncoder,
    store,
    send: (planned) => sendRetry(app, planned),
    replace: (replacement) => replacement.delay(),
  };
  return new Executor({ ...parts, services });
}

/**
 * @param {Plan} plan
 * @param {TransportHooks} hooks
 */
function assembleTransport({ app, hostname, reporter, log }, hooks) {
  const { settings } = app;
  const leaseMs = settings.leaseS * 1000;
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
    onUp: () => hooks.onUp(),
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
      if (subscribed) hooks.onSubscribed();
      if (command) hooks.onCommand(command);
      if (problem) log.error(problem);
      if (malformed !== undefined) reporter.onMalformed(malformed);
      if (lost) {
        reporter.onLeasesLost(lost);
        hooks.onLost(lost);
      }
      if (restored) reporter.onRestored(restored);
      if (sweepError !== undefined) reporter.onSweep(sweepError);
      if (outage) reporter.onKeeperDown(outage.reason, outage.retryInMs);
      if (outage === null) reporter.onKeeperUp();
    },
    () => hooks.snapshot(),
  );
  reporter.prove([() => transport.connection.answers(), () => keeper.answers()]);
  return { transport, keeper };
}
