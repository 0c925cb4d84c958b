/**
 * Puts a worker together: which part knows which. Nothing runs yet when this returns.
 */
import { randomBytes } from "node:crypto";
import { resultKeyPrefix } from "../backend/redis/store.js";
import { RedisConsumer } from "../transport/redis/consumer.js";
import { Keeper } from "../transport/redis/keeper.js";
import { redisKeys } from "../transport/redis/keys.js";
import { parseRedisUrl } from "../transport/redis/url.js";
import { Callbacks } from "./callbacks.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import { Endings } from "./endings.js";
import { Executor } from "./executor.js";
import { Outcomes } from "./outcomes.js";
import { Reception } from "./reception.js";
import { createSettle } from "./results-sink.js";
import { Settler } from "./settler.js";

/** kombu's visibility_timeout is an hour: we tell its sweep three times in that hour that we live. */
const RESCORE_MS = 20 * 60_000;
/** The window of a worker that takes all there is. */
const UNLIMITED_WINDOW = 10_000;

/**
 * @typedef {object} Assembly
 * @property {RedisConsumer} transport
 * @property {Keeper} keeper
 * @property {Settler} settler
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
 *
 * @typedef {object} Plan what the parts are made for
 * @property {import("./types.js").WorkerApp} app
 * @property {string} hostname
 * @property {import("./log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("./reporter.js").Reporter} reporter
 */

/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export function assemble(plan) {
  const { app, hostname, log, options, reporter } = plan;
  const { settings } = app;
  const leaseMs = settings.leaseS * 1000;
  const { transport, keeper } = assembleTransport(plan, leaseMs, (numbers) => {
    reporter.onLeasesLost(numbers);
    dispatcher.drop(numbers);
  });
  const settler = new Settler({
    settle: createSettle({ app, transport, log }),
    onSettled: (settlements, gone) => {
      keeper.release(settlements.flatMap(({ number }) => (number === null ? [] : [number])));
      reporter.onGone(gone.map((index) => settlements[index].taskId));
    },
    onFailed: reporter.onUnsettled,
    onRoom: () => dispatcher.wake(),
  });
  const outcomes = new Outcomes(settings, hostname);
  const endings = new Endings({
    transport,
    keeper,
    settler,
    outcomes,
    log,
    leaseMs,
    onEnded: () => dispatcher.wake(),
  });
  const executor = new Executor({ app, hostname, log, outcomes, callbacks: new Callbacks(app), endings });
  const reception = new Reception({ app, log, parkBeyondMs: 2 * leaseMs });
  const dispatcher = new Dispatcher({
    concurrency: options.concurrency,
    window: options.concurrency * options.prefetchMultiplier || UNLIMITED_WINDOW,
    parts: { reception, executor, endings, keeper, log },
  });
  const consumer = new Consumer({ transport, dispatcher, log });
  return { transport, keeper, settler, dispatcher, consumer };
}

/** @param {Plan} plan @param {number} leaseMs @param {(numbers: number[]) => void} onLost */
function assembleTransport({ app, hostname, reporter }, leaseMs, onLost) {
  const { settings } = app;
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
    resultKeyPrefix: resultKeyPrefix(settings.resultBackendTransportOptions.globalKeyprefix),
    resultExpiresS: Math.trunc(settings.resultExpires ?? 0),
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    onDown: reporter.onDown,
    onUp: reporter.onUp,
    onRefused: reporter.onRefused,
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
    },
    ({ lost, restored, sweepError }) => {
      if (lost) onLost(lost);
      if (restored) reporter.onRestored(restored);
      if (sweepError) reporter.onSweepError(sweepError);
    },
  );
  return { transport, keeper };
}
