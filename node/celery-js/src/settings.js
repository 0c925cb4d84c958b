/**
 * The settings table: Celery's settings in camelCase (documented in Celery's "Configuration and defaults"), and the few of
 * our own that its delivery guarantees need. One row each: what it takes, its default, what it means.
 */
import { FIXED_SETTINGS } from "./validation/fixed-settings.js";

/** @typedef {import("./validation/setting-kinds.js").SettingType} SettingType */
/**
 * @typedef {object} SettingRow
 * @property {SettingType} type
 * @property {unknown} default
 * @property {boolean} [nullable]
 * @property {readonly unknown[]} [values] all that a setting of the type "fixed" takes
 * @property {string} help
 */

/** @satisfies {Record<string, SettingRow>} */
export const SETTINGS = /** @type {const} */ ({
  brokerUrl: {
    type: "urls",
    default: "redis://127.0.0.1:6379/0",
    help: "Where messages are kept; a list: the servers of a RabbitMQ cluster, or sentinels.",
  },
  resultBackend: { type: "string", default: null, nullable: true, help: "Where results are kept; null stores none." },
  brokerTransportOptions: {
    type: "transport",
    default: {},
    help: "globalKeyprefix, tls, masterName ... (RabbitMQ: tls).",
  },
  resultBackendTransportOptions: { type: "transport", default: {}, help: "The same for the result backend." },
  brokerConnectionTimeout: { type: "timeout", default: 4, help: "How long opening a connection may take." },
  taskDefaultQueue: { type: "string", default: "celery", help: "The queue of tasks without a route." },
  taskQueues: {
    type: "queues",
    default: null,
    nullable: true,
    help: "A worker's queues: names, or { name, exchange, exchangeType, routingKey }; null: taskDefaultQueue.",
  },
  taskCreateMissingQueues: { type: "boolean", default: true, help: "Create queues that taskQueues does not list." },
  taskCreateMissingQueueType: {
    type: "queue-type",
    default: "quorum",
    help: "The type of queues on RabbitMQ: quorum, or classic (Celery's default).",
  },
  taskCreateMissingQueueExchangeType: {
    type: "exchange-type",
    default: "topic",
    help: "The type of their exchanges: topic, or direct (Celery's default).",
  },
  taskQueueMaxPriority: {
    type: "queue-priority",
    default: null,
    nullable: true,
    help: "The highest priority of classic queues on RabbitMQ; null: they have none.",
  },
  taskRoutes: {
    type: "routes",
    default: {},
    nullable: true,
    help: "Task name, glob or RegExp to queue name or { queue, priority, ... }; a function; or a list of these.",
  },
  taskDefaultPriority: { type: "priority", default: null, nullable: true, help: "The default priority of tasks." },
  taskInheritParentPriority: { type: "boolean", default: false, help: "Children take their parent's priority." },
  taskSerializer: { type: "json-only", default: "json", help: "How task bodies are written." },
  resultSerializer: { type: "json-only", default: "json", help: "How results are written." },
  taskIgnoreResult: { type: "boolean", default: false, help: "Do not store results, unless a task asks for it." },
  taskStoreErrorsEvenIfIgnored: { type: "boolean", default: false, help: "Store errors even if results are ignored." },
  taskTrackStarted: { type: "boolean", default: false, help: "Store STARTED when a task starts." },
  taskAcksLate: { type: "boolean", default: true, help: "Acknowledge after the task, not before (Celery: false)." },
  taskAcksOnFailureOrTimeout: {
    type: "boolean",
    default: true,
    help: "Acknowledge after failures and time limits; the next two override it.",
  },
  taskAcksOnFailure: {
    type: "boolean",
    default: null,
    nullable: true,
    help: "false: the message of a failed task goes to the dead letters.",
  },
  taskAcksOnTimeout: {
    type: "boolean",
    default: null,
    nullable: true,
    help: "false: the message of a task over its hard limit goes back to its queue.",
  },
  taskRejectOnWorkerLost: {
    type: "boolean",
    default: false,
    help: "A task whose thread was lost runs again after its lease, instead of failing.",
  },
  taskRetryOnWorkerLost: { type: "boolean", default: false, help: "A task whose thread was lost is retried." },
  taskAnnotations: { type: "annotations", default: null, nullable: true, help: 'Task options by task name, or "*".' },
  taskTimeLimit: { type: "seconds", default: null, nullable: true, help: "Hard limit of a task's run time." },
  taskSoftTimeLimit: { type: "seconds", default: null, nullable: true, help: "Soft limit of a task's run time." },
  taskAlwaysEager: { type: "boolean", default: false, help: "Run tasks where they are called, for tests." },
  taskEagerPropagates: { type: "boolean", default: false, help: "Eager tasks throw instead of storing errors." },
  taskAllowErrorCbOnChordHeader: {
    type: "boolean",
    default: false,
    help: "A chord's errbacks also apply to the tasks of its header.",
  },
  taskCompression: {
    type: "compression",
    default: null,
    nullable: true,
    help: "How message bodies are compressed: gzip, zlib, brotli.",
  },
  taskPublishRetry: { type: "boolean", default: true, help: "Send again while the server is unreachable." },
  taskPublishRetryPolicy: {
    type: "policy",
    default: null,
    nullable: true,
    help: "maxRetries, intervalStart, intervalStep, intervalMax; null: for taskPublishTimeout.",
  },
  taskPublishTimeout: { type: "timeout", default: 5, help: "How long sending may take before it fails." },
  resultExpires: {
    type: "seconds",
    default: 86400,
    nullable: true,
    help: "How long results are kept; 0 or null: always.",
  },
  resultFailureExpires: {
    type: "seconds",
    default: null,
    nullable: true,
    help: "The same for failures; null: as long as other results.",
  },
  resultChordJoinTimeout: {
    type: "timeout",
    default: 3,
    help: "How long to wait for the results of a chord that contains groups.",
  },
  resultChordRetryInterval: {
    type: "seconds",
    default: 1,
    help: "How often celery.chord_unlock checks a chord's parts, if the backend does not count them (PostgreSQL).",
  },
  databaseTableNames: { type: "tables", default: null, nullable: true, help: "PostgreSQL: { task, group }." },
  databaseTableSchemas: { type: "tables", default: null, nullable: true, help: "PostgreSQL: { task, group }." },
  databasePoolSize: {
    type: "positive",
    default: 4,
    help: "The most connections of a process to PostgreSQL, besides the one that waits for results.",
  },
  resultExtended: { type: "boolean", default: false, help: "Store name, args, worker, queue with the result." },
  workerConcurrency: {
    type: "slots",
    default: 10,
    help: 'How many tasks run at a time on the event loop; "auto": one per processor.',
  },
  workerPool: { type: "pool", default: "async", help: "The pool of tasks without a `pool` option: async or threads." },
  workerThreadConcurrency: {
    type: "positive",
    default: null,
    nullable: true,
    help: "How many threads run tasks; null: one per processor.",
  },
  workerMaxTasksPerChild: {
    type: "positive",
    default: null,
    nullable: true,
    help: "Tasks after which a thread is replaced.",
  },
  workerMaxMemoryPerChild: {
    type: "positive",
    default: null,
    nullable: true,
    help: "KiB of memory after which a thread is replaced.",
  },
  taskDefaultRateLimit: {
    type: "rate",
    default: null,
    nullable: true,
    help: 'How many of each task a worker starts: 5 a second, "10/m", "100/h".',
  },
  workerDisableRateLimits: { type: "boolean", default: false, help: "No task is limited." },
  workerPrefetchMultiplier: { type: "count", default: 4, help: "Reserved messages = concurrency x this." },
  workerSoftShutdownTimeout: { type: "timeout", default: 25, help: "How long a warm stop waits for running tasks." },
  workerEnableRemoteControl: {
    type: "remote-control",
    default: true,
    help: 'Obey remote control: true, false, or "inspect": only what changes nothing.',
  },
  controlExchange: { type: "string", default: "celery", help: "Remote control goes over <this>.pidbox." },
  workerStateDb: {
    type: "string",
    default: null,
    nullable: true,
    help: "The file that keeps the ids of revoked tasks between runs; %n and %h are parts of the worker's name.",
  },
  workerHealthAddress: {
    type: "address",
    default: null,
    nullable: true,
    help: "The address of /livez, /readyz and /metrics: 8080, `host:8080` or a socket's path; null: none.",
  },
  contractFile: {
    type: "string",
    default: null,
    nullable: true,
    help: "The file with the hashes of the tasks' contract, which the worker logs and returns to `inspect contract`.",
  },
  workerPoolRestarts: { type: "boolean", default: false, help: "Remote control may restart the pool of threads." },
  workerSendTaskEvents: {
    type: "boolean",
    default: false,
    help: "Workers send events of their tasks, for monitors (-E).",
  },
  taskSendSentEvent: { type: "boolean", default: false, help: "Clients send task-sent events, for monitors." },
  eventExchange: { type: "string", default: "celeryev", help: "The exchange of events." },
  eventSerializer: { type: "json-only", default: "json", help: "How events are written." },
  eventQueuePrefix: { type: "string", default: "celeryev", help: "Prefix of receivers' queues on RabbitMQ." },
  eventQueueTtl: { type: "seconds", default: 5, help: "How long events stay in these queues." },
  eventQueueExpires: { type: "seconds", default: 60, help: "How long such a queue lives without a receiver." },
  workerLogLevel: { type: "log-level", default: "info", help: "debug, info, warning, error or critical." },
  workerLogFormat: { type: "log-format", default: "auto", help: "pretty, json, or auto: pretty on a terminal." },
  leaseS: { type: "lease", default: 60, help: "How long a silent worker keeps its messages." },
  maxDeliveries: { type: "count", default: 5, help: "After how many lost workers a message is dead; 0: never." },
  loopStallLimitS: { type: "seconds", default: 600, help: "How long a task may block the event loop." },
  deadLetterLimit: { type: "positive", default: 10000, help: "Messages kept in each dead-letter list." },
  deadLetterMaxAgeS: { type: "seconds", default: 30 * 86_400, help: "How long a dead letter is kept; 0: forever." },
  messageSizeLimit: { type: "positive", default: 64 * 1024 * 1024, help: "Largest message in bytes, sent or taken." },
  decompressedSizeLimit: {
    type: "positive",
    default: 64 * 1024 * 1024,
    help: "Largest size in bytes that a compressed body or result may grow to.",
  },
  messageDepthLimit: { type: "depth", default: 300, help: "How deep lists and objects of a message may be nested." },
  messageValueLimit: {
    type: "positive",
    default: 1_000_000,
    help: "The most lists, objects and members in one message.",
  },
  callbackLimit: {
    type: "positive",
    default: 1_000,
    help: "The most callbacks and errbacks (link, linkError) of one task.",
  },
  chainLengthLimit: { type: "positive", default: 10_000, help: "The most tasks that may follow one in its chain." },
  ...FIXED_SETTINGS,
});

/** @typedef {keyof typeof SETTINGS} SettingName */
/**
 * @template {SettingName} N
 * @typedef {typeof SETTINGS[N] extends { nullable: true } ? null : never} NullOf
 */
/**
 * @template {SettingName} N
 * @typedef {typeof SETTINGS[N] extends { values: readonly (infer V)[] } ? V : never} FixedOf
 */
/**
 * What each setting takes.
 *
 * @typedef {{ [N in SettingName]: import("./validation/kinds.js").ValueOf<
 *   typeof import("./validation/setting-kinds.js").SETTING_KINDS[typeof SETTINGS[N]["type"]]> | NullOf<N> | FixedOf<N> }} Taken
 */
/** @typedef {{ brokerUrl: string, workerConcurrency: number }} Read those that are taken in several forms */
/**
 * Every setting, with its default filled in; durations are in seconds.
 *
 * @typedef {{ [N in SettingName]: N extends keyof Read ? Read[N] : Taken[N] }} Settings
 */
/**
 * The settings that an app is given, each optional: what is absent or `undefined` has its default. Durations are in seconds.
 *
 * @typedef {{ [N in SettingName]?: Taken[N] | undefined }} GivenSettings
 */
/**
 * @typedef {object} TransportOptions
 * @property {string} [globalKeyprefix] put before every key
 * @property {number[]} [prioritySteps] kombu's `priority_steps`; default 0, 3, 6, 9
 * @property {boolean} [resultChordOrdered] of a result backend: false gives a chord's results to its body in the order in which
 *   they come; all workers have to agree on it
 * @property {import("node:tls").ConnectionOptions} [tls] for rediss:// and sentinel://: ca, cert, key
 * @property {string} [masterName] for sentinel://: kombu's `master_name`, unless the URL has it
 * @property {number} [minOtherSentinels] how many others a sentinel must see; default 0
 * @property {SentinelOptions} [sentinelKwargs] of the connections to sentinels
 *
 * @typedef {object} SentinelOptions
 * @property {string} [username]
 * @property {string} [password]
 * @property {number} [socketTimeout] seconds; default 1
 * @property {import("node:tls").ConnectionOptions} [tls] without it, these connections are not encrypted
 */
