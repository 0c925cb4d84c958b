/**
 * Celery's settings that a Node worker takes with one meaning only, its own, so that a configuration can be carried over. Any
 * other value is refused, with the sentence in `help`. The page docs/celery-compatibility.md lists them (a test compares it).
 */

/**
 * @typedef {object} FixedRow
 * @property {"fixed"} type
 * @property {unknown} default
 * @property {readonly unknown[]} values all that it takes
 * @property {string} help why no other
 */

/** @satisfies {Record<string, FixedRow>} */
export const FIXED_SETTINGS = /** @type {const} */ ({
  acceptContent: {
    type: "fixed",
    default: ["json"],
    values: [["json"], ["application/json"]],
    help: "Bodies are JSON; unpickling can run any code of the sender.",
  },
  resultAcceptContent: {
    type: "fixed",
    default: null,
    values: [null, ["json"], ["application/json"]],
    help: "Results are JSON.",
  },
  enableUtc: { type: "fixed", default: true, values: [true], help: "Messages and results have times in UTC." },
  timezone: {
    type: "fixed",
    default: "UTC",
    values: ["UTC", null],
    help: "A time without an offset is UTC; a `Date` needs no time zone, and beat has its own setting.",
  },
  brokerConnectionRetry: { type: "fixed", default: true, values: [true], help: "A worker always reconnects." },
  brokerConnectionRetryOnStartup: {
    type: "fixed",
    default: true,
    values: [true, null],
    help: "A worker that starts waits for its broker.",
  },
  brokerConnectionMaxRetries: {
    type: "fixed",
    default: null,
    values: [null, 0],
    help: "A worker tries to reconnect for as long as it takes.",
  },
  brokerFailoverStrategy: {
    type: "fixed",
    default: "round-robin",
    values: ["round-robin", null],
    help: "The servers of a list are tried in turn.",
  },
  brokerLoginMethod: {
    type: "fixed",
    default: "PLAIN",
    values: ["PLAIN", null],
    help: "RabbitMQ gets a user and a password.",
  },
  brokerNativeDelayedDeliveryQueueType: {
    type: "fixed",
    default: "quorum",
    values: ["quorum"],
    help: "The queues of delayed delivery are quorum queues.",
  },
  brokerPoolLimit: { type: "fixed", default: 1, values: [1], help: "An app sends over one connection." },
  brokerUseSsl: {
    type: "fixed",
    default: false,
    values: [false],
    help: "For TLS, `brokerUrl` begins with rediss:// or amqps://, and `brokerTransportOptions.tls` has the certificates.",
  },
  controlQueueTtl: {
    type: "fixed",
    default: 300,
    values: [300],
    help: "The queues of remote control have Celery's defaults.",
  },
  controlQueueExpires: {
    type: "fixed",
    default: 10,
    values: [10],
    help: "The queues of remote control have Celery's defaults.",
  },
  controlQueueExclusive: {
    type: "fixed",
    default: true,
    values: [true],
    help: "The queues of remote control have Celery's defaults.",
  },
  controlQueueDurable: {
    type: "fixed",
    default: false,
    values: [false],
    help: "The queues of remote control have Celery's defaults.",
  },
  eventQueueExclusive: {
    type: "fixed",
    default: true,
    values: [true],
    help: "The queues of events have Celery's defaults.",
  },
  eventQueueDurable: {
    type: "fixed",
    default: false,
    values: [false],
    help: "The queues of events have Celery's defaults.",
  },
  resultBackendAlwaysRetry: {
    type: "fixed",
    default: true,
    values: [true],
    help: "A worker stores a result again until the server has it.",
  },
  resultBackendMaxRetries: {
    type: "fixed",
    default: Number.POSITIVE_INFINITY,
    values: [Number.POSITIVE_INFINITY, null],
    help: "A worker stores a result again until the server has it.",
  },
  resultCacheMax: { type: "fixed", default: -1, values: [-1], help: "A client does not cache the results of others." },
  resultChordExpires: {
    type: "fixed",
    default: null,
    values: [null],
    help: "The parts of a chord are kept as long as results: `resultExpires`.",
  },
  databaseCreateTablesAtSetup: {
    type: "fixed",
    default: true,
    values: [true],
    help: "Tables that do not exist are created.",
  },
  taskDefaultDeliveryMode: {
    type: "fixed",
    default: 2,
    values: [2, "persistent"],
    help: "Messages are persistent; the option `deliveryMode` changes that for one.",
  },
  taskProtocol: {
    type: "fixed",
    default: 2,
    values: [2],
    help: "Messages have protocol 2; workers also read protocol 1.",
  },
  taskRemoteTracebacks: { type: "fixed", default: false, values: [false], help: "A traceback is text." },
  taskReprMaxlevels: { type: "fixed", default: 3, values: [3], help: "Logs and events show arguments this deep." },
  taskStoreEagerResult: {
    type: "fixed",
    default: false,
    values: [false],
    help: "Eager tasks store nothing; `eagerApp()` keeps their states in memory.",
  },
  workerCancelLongRunningTasksOnConnectionLoss: {
    type: "fixed",
    default: false,
    values: [false],
    help: "Tasks go on while a worker reconnects.",
  },
  workerDeduplicateSuccessfulTasks: {
    type: "fixed",
    default: false,
    values: [false],
    help: "A task whose acknowledgement was lost runs again, so make it idempotent.",
  },
  workerDetectQuorumQueues: {
    type: "fixed",
    default: true,
    values: [true],
    help: "A worker uses a queue as the type that it has.",
  },
  workerDirect: {
    type: "fixed",
    default: false,
    values: [false],
    help: "For a queue of its own, name one in the worker's option `queues`.",
  },
  workerDisablePrefetch: {
    type: "fixed",
    default: false,
    values: [false],
    help: "With `workerPrefetchMultiplier: 1`, a worker takes as many messages as it has slots.",
  },
  workerEnableSoftShutdownOnIdle: {
    type: "fixed",
    default: false,
    values: [false],
    help: "An idle worker stops at once.",
  },
  workerEtaTaskLimit: {
    type: "fixed",
    default: null,
    values: [null],
    help: "Messages with a far eta wait on the server.",
  },
  workerHijackRootLogger: {
    type: "fixed",
    default: false,
    values: [false],
    help: "A worker has a logger of its own, and changes no other.",
  },
  workerRedirectStdouts: {
    type: "fixed",
    default: false,
    values: [false],
    help: "What a task prints goes to standard output; `self.log` writes to the log.",
  },
});
