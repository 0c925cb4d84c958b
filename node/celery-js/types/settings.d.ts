export type SettingType = import("./validation/setting-kinds.js").SettingType;
export type SettingRow = {
    type: SettingType;
    default: unknown;
    nullable?: boolean;
    /**
     * all that a setting of the type "fixed" takes
     */
    values?: readonly unknown[];
    help: string;
};
/** @satisfies {Record<string, SettingRow>} */
export declare const SETTINGS: {
    readonly acceptContent: {
        readonly type: "fixed";
        readonly default: readonly ["json"];
        readonly values: readonly [readonly ["json"], readonly ["application/json"]];
        readonly help: "Bodies are JSON; unpickling can run any code of the sender.";
    };
    readonly resultAcceptContent: {
        readonly type: "fixed";
        readonly default: null;
        readonly values: readonly [null, readonly ["json"], readonly ["application/json"]];
        readonly help: "Results are JSON.";
    };
    readonly enableUtc: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "Messages and results have times in UTC.";
    };
    readonly timezone: {
        readonly type: "fixed";
        readonly default: "UTC";
        readonly values: readonly ["UTC", null];
        readonly help: "A time without an offset is UTC; a `Date` needs no time zone, and beat has its own setting.";
    };
    readonly brokerConnectionRetry: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "A worker always reconnects.";
    };
    readonly brokerConnectionRetryOnStartup: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true, null];
        readonly help: "A worker that starts waits for its broker.";
    };
    readonly brokerConnectionMaxRetries: {
        readonly type: "fixed";
        readonly default: null;
        readonly values: readonly [null, 0];
        readonly help: "A worker tries to reconnect for as long as it takes.";
    };
    readonly brokerFailoverStrategy: {
        readonly type: "fixed";
        readonly default: "round-robin";
        readonly values: readonly ["round-robin", null];
        readonly help: "The servers of a list are tried in turn.";
    };
    readonly brokerLoginMethod: {
        readonly type: "fixed";
        readonly default: "PLAIN";
        readonly values: readonly ["PLAIN", null];
        readonly help: "RabbitMQ gets a user and a password.";
    };
    readonly brokerNativeDelayedDeliveryQueueType: {
        readonly type: "fixed";
        readonly default: "quorum";
        readonly values: readonly ["quorum"];
        readonly help: "The queues of delayed delivery are quorum queues.";
    };
    readonly brokerPoolLimit: {
        readonly type: "fixed";
        readonly default: 1;
        readonly values: readonly [1];
        readonly help: "An app sends over one connection.";
    };
    readonly brokerUseSsl: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "For TLS, `brokerUrl` begins with rediss:// or amqps://, and `brokerTransportOptions.tls` has the certificates.";
    };
    readonly controlQueueTtl: {
        readonly type: "fixed";
        readonly default: 300;
        readonly values: readonly [300];
        readonly help: "The queues of remote control have Celery's defaults.";
    };
    readonly controlQueueExpires: {
        readonly type: "fixed";
        readonly default: 10;
        readonly values: readonly [10];
        readonly help: "The queues of remote control have Celery's defaults.";
    };
    readonly controlQueueExclusive: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "The queues of remote control have Celery's defaults.";
    };
    readonly controlQueueDurable: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "The queues of remote control have Celery's defaults.";
    };
    readonly eventQueueExclusive: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "The queues of events have Celery's defaults.";
    };
    readonly eventQueueDurable: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "The queues of events have Celery's defaults.";
    };
    readonly resultBackendAlwaysRetry: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "A worker stores a result again until the server has it.";
    };
    readonly resultBackendMaxRetries: {
        readonly type: "fixed";
        readonly default: number;
        readonly values: readonly [number, null];
        readonly help: "A worker stores a result again until the server has it.";
    };
    readonly resultCacheMax: {
        readonly type: "fixed";
        readonly default: -1;
        readonly values: readonly [-1];
        readonly help: "A client does not cache the results of others.";
    };
    readonly resultChordExpires: {
        readonly type: "fixed";
        readonly default: null;
        readonly values: readonly [null];
        readonly help: "The parts of a chord are kept as long as results: `resultExpires`.";
    };
    readonly databaseCreateTablesAtSetup: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "Tables that do not exist are created.";
    };
    readonly taskDefaultDeliveryMode: {
        readonly type: "fixed";
        readonly default: 2;
        readonly values: readonly [2, "persistent"];
        readonly help: "Messages are persistent; the option `deliveryMode` changes that for one.";
    };
    readonly taskProtocol: {
        readonly type: "fixed";
        readonly default: 2;
        readonly values: readonly [2];
        readonly help: "Messages have protocol 2; workers also read protocol 1.";
    };
    readonly taskRemoteTracebacks: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "A traceback is text.";
    };
    readonly taskReprMaxlevels: {
        readonly type: "fixed";
        readonly default: 3;
        readonly values: readonly [3];
        readonly help: "Logs and events show arguments this deep.";
    };
    readonly taskStoreEagerResult: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "Eager tasks store nothing; `eagerApp()` keeps their states in memory.";
    };
    readonly workerCancelLongRunningTasksOnConnectionLoss: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "Tasks go on while a worker reconnects.";
    };
    readonly workerDeduplicateSuccessfulTasks: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "A task whose acknowledgement was lost runs again, so make it idempotent.";
    };
    readonly workerDetectQuorumQueues: {
        readonly type: "fixed";
        readonly default: true;
        readonly values: readonly [true];
        readonly help: "A worker uses a queue as the type that it has.";
    };
    readonly workerDirect: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "For a queue of its own, name one in the worker's option `queues`.";
    };
    readonly workerDisablePrefetch: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "With `workerPrefetchMultiplier: 1`, a worker takes as many messages as it has slots.";
    };
    readonly workerEnableSoftShutdownOnIdle: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "An idle worker stops at once.";
    };
    readonly workerEtaTaskLimit: {
        readonly type: "fixed";
        readonly default: null;
        readonly values: readonly [null];
        readonly help: "Messages with a far eta wait on the server.";
    };
    readonly workerHijackRootLogger: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "A worker has a logger of its own, and changes no other.";
    };
    readonly workerRedirectStdouts: {
        readonly type: "fixed";
        readonly default: false;
        readonly values: readonly [false];
        readonly help: "What a task prints goes to standard output; `self.log` writes to the log.";
    };
    readonly brokerUrl: {
        readonly type: "urls";
        readonly default: "redis://127.0.0.1:6379/0";
        readonly help: "Where messages are kept; a list: the servers of a RabbitMQ cluster, or sentinels.";
    };
    readonly resultBackend: {
        readonly type: "string";
        readonly default: null;
        readonly nullable: true;
        readonly help: "Where results are kept; null stores none.";
    };
    readonly brokerTransportOptions: {
        readonly type: "transport";
        readonly default: {};
        readonly help: "globalKeyprefix, tls, masterName ... (RabbitMQ: tls).";
    };
    readonly resultBackendTransportOptions: {
        readonly type: "transport";
        readonly default: {};
        readonly help: "The same for the result backend.";
    };
    readonly brokerConnectionTimeout: {
        readonly type: "timeout";
        readonly default: 4;
        readonly help: "How long opening a connection may take.";
    };
    readonly taskDefaultQueue: {
        readonly type: "string";
        readonly default: "celery";
        readonly help: "The queue of tasks without a route.";
    };
    readonly taskQueues: {
        readonly type: "queues";
        readonly default: null;
        readonly nullable: true;
        readonly help: "A worker's queues: names, or { name, exchange, exchangeType, routingKey }; null: taskDefaultQueue.";
    };
    readonly taskCreateMissingQueues: {
        readonly type: "boolean";
        readonly default: true;
        readonly help: "Create queues that taskQueues does not list.";
    };
    readonly taskCreateMissingQueueType: {
        readonly type: "queue-type";
        readonly default: "quorum";
        readonly help: "The type of queues on RabbitMQ: quorum, or classic (Celery's default).";
    };
    readonly taskCreateMissingQueueExchangeType: {
        readonly type: "exchange-type";
        readonly default: "topic";
        readonly help: "The type of their exchanges: topic, or direct (Celery's default).";
    };
    readonly taskQueueMaxPriority: {
        readonly type: "queue-priority";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The highest priority of classic queues on RabbitMQ; null: they have none.";
    };
    readonly taskRoutes: {
        readonly type: "routes";
        readonly default: {};
        readonly nullable: true;
        readonly help: "Task name, glob or RegExp to queue name or { queue, priority, ... }; a function; or a list of these.";
    };
    readonly taskDefaultPriority: {
        readonly type: "priority";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The default priority of tasks.";
    };
    readonly taskInheritParentPriority: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Children take their parent's priority.";
    };
    readonly taskSerializer: {
        readonly type: "json-only";
        readonly default: "json";
        readonly help: "How task bodies are written.";
    };
    readonly resultSerializer: {
        readonly type: "json-only";
        readonly default: "json";
        readonly help: "How results are written.";
    };
    readonly taskIgnoreResult: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Do not store results, unless a task asks for it.";
    };
    readonly taskStoreErrorsEvenIfIgnored: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Store errors even if results are ignored.";
    };
    readonly taskTrackStarted: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Store STARTED when a task starts.";
    };
    readonly taskAcksLate: {
        readonly type: "boolean";
        readonly default: true;
        readonly help: "Acknowledge after the task, not before (Celery: false).";
    };
    readonly taskAcksOnFailureOrTimeout: {
        readonly type: "boolean";
        readonly default: true;
        readonly help: "Acknowledge after failures and time limits; the next two override it.";
    };
    readonly taskAcksOnFailure: {
        readonly type: "boolean";
        readonly default: null;
        readonly nullable: true;
        readonly help: "false: the message of a failed task goes to the dead letters.";
    };
    readonly taskAcksOnTimeout: {
        readonly type: "boolean";
        readonly default: null;
        readonly nullable: true;
        readonly help: "false: the message of a task over its hard limit goes back to its queue.";
    };
    readonly taskRejectOnWorkerLost: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "A task whose thread was lost runs again after its lease, instead of failing.";
    };
    readonly taskRetryOnWorkerLost: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "A task whose thread was lost is retried.";
    };
    readonly taskAnnotations: {
        readonly type: "annotations";
        readonly default: null;
        readonly nullable: true;
        readonly help: 'Task options by task name, or "*".';
    };
    readonly taskTimeLimit: {
        readonly type: "seconds";
        readonly default: null;
        readonly nullable: true;
        readonly help: "Hard limit of a task's run time.";
    };
    readonly taskSoftTimeLimit: {
        readonly type: "seconds";
        readonly default: null;
        readonly nullable: true;
        readonly help: "Soft limit of a task's run time.";
    };
    readonly taskAlwaysEager: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Run tasks where they are called, for tests.";
    };
    readonly taskEagerPropagates: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Eager tasks throw instead of storing errors.";
    };
    readonly taskAllowErrorCbOnChordHeader: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "A chord's errbacks also apply to the tasks of its header.";
    };
    readonly taskCompression: {
        readonly type: "compression";
        readonly default: null;
        readonly nullable: true;
        readonly help: "How message bodies are compressed: gzip, zlib, brotli.";
    };
    readonly taskPublishRetry: {
        readonly type: "boolean";
        readonly default: true;
        readonly help: "Send again while the server is unreachable.";
    };
    readonly taskPublishRetryPolicy: {
        readonly type: "policy";
        readonly default: null;
        readonly nullable: true;
        readonly help: "maxRetries, intervalStart, intervalStep, intervalMax; null: for taskPublishTimeout.";
    };
    readonly taskPublishTimeout: {
        readonly type: "timeout";
        readonly default: 5;
        readonly help: "How long sending may take before it fails.";
    };
    readonly resultExpires: {
        readonly type: "seconds";
        readonly default: 86400;
        readonly nullable: true;
        readonly help: "How long results are kept; 0 or null: always.";
    };
    readonly resultFailureExpires: {
        readonly type: "seconds";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The same for failures; null: as long as other results.";
    };
    readonly resultChordJoinTimeout: {
        readonly type: "timeout";
        readonly default: 3;
        readonly help: "How long to wait for the results of a chord that contains groups.";
    };
    readonly resultChordRetryInterval: {
        readonly type: "seconds";
        readonly default: 1;
        readonly help: "How often celery.chord_unlock checks a chord's parts, if the backend does not count them (PostgreSQL).";
    };
    readonly databaseTableNames: {
        readonly type: "tables";
        readonly default: null;
        readonly nullable: true;
        readonly help: "PostgreSQL: { task, group }.";
    };
    readonly databaseTableSchemas: {
        readonly type: "tables";
        readonly default: null;
        readonly nullable: true;
        readonly help: "PostgreSQL: { task, group }.";
    };
    readonly databasePoolSize: {
        readonly type: "positive";
        readonly default: 4;
        readonly help: "The most connections of a process to PostgreSQL, besides the one that waits for results.";
    };
    readonly resultExtended: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Store name, args, worker, queue with the result.";
    };
    readonly workerConcurrency: {
        readonly type: "slots";
        readonly default: 10;
        readonly help: 'How many tasks run at a time on the event loop; "auto": one per processor.';
    };
    readonly workerPool: {
        readonly type: "pool";
        readonly default: "async";
        readonly help: "The pool of tasks without a `pool` option: async or threads.";
    };
    readonly workerThreadConcurrency: {
        readonly type: "positive";
        readonly default: null;
        readonly nullable: true;
        readonly help: "How many threads run tasks; null: one per processor.";
    };
    readonly workerMaxTasksPerChild: {
        readonly type: "positive";
        readonly default: null;
        readonly nullable: true;
        readonly help: "Tasks after which a thread is replaced.";
    };
    readonly workerMaxMemoryPerChild: {
        readonly type: "positive";
        readonly default: null;
        readonly nullable: true;
        readonly help: "KiB of memory after which a thread is replaced.";
    };
    readonly taskDefaultRateLimit: {
        readonly type: "rate";
        readonly default: null;
        readonly nullable: true;
        readonly help: 'How many of each task a worker starts: 5 a second, "10/m", "100/h".';
    };
    readonly workerDisableRateLimits: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "No task is limited.";
    };
    readonly workerPrefetchMultiplier: {
        readonly type: "count";
        readonly default: 4;
        readonly help: "Reserved messages = concurrency x this.";
    };
    readonly workerSoftShutdownTimeout: {
        readonly type: "timeout";
        readonly default: 25;
        readonly help: "How long a warm stop waits for running tasks.";
    };
    readonly workerEnableRemoteControl: {
        readonly type: "remote-control";
        readonly default: true;
        readonly help: 'Obey remote control: true, false, or "inspect": only what changes nothing.';
    };
    readonly controlExchange: {
        readonly type: "string";
        readonly default: "celery";
        readonly help: "Remote control goes over <this>.pidbox.";
    };
    readonly workerStateDb: {
        readonly type: "string";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The file that keeps the ids of revoked tasks between runs; %n and %h are parts of the worker's name.";
    };
    readonly workerHealthAddress: {
        readonly type: "address";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The address of /livez, /readyz and /metrics: 8080, `host:8080` or a socket's path; null: none.";
    };
    readonly contractFile: {
        readonly type: "string";
        readonly default: null;
        readonly nullable: true;
        readonly help: "The file with the hashes of the tasks' contract, which the worker logs and returns to `inspect contract`.";
    };
    readonly workerPoolRestarts: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Remote control may restart the pool of threads.";
    };
    readonly workerSendTaskEvents: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Workers send events of their tasks, for monitors (-E).";
    };
    readonly taskSendSentEvent: {
        readonly type: "boolean";
        readonly default: false;
        readonly help: "Clients send task-sent events, for monitors.";
    };
    readonly eventExchange: {
        readonly type: "string";
        readonly default: "celeryev";
        readonly help: "The exchange of events.";
    };
    readonly eventSerializer: {
        readonly type: "json-only";
        readonly default: "json";
        readonly help: "How events are written.";
    };
    readonly eventQueuePrefix: {
        readonly type: "string";
        readonly default: "celeryev";
        readonly help: "Prefix of receivers' queues on RabbitMQ.";
    };
    readonly eventQueueTtl: {
        readonly type: "seconds";
        readonly default: 5;
        readonly help: "How long events stay in these queues.";
    };
    readonly eventQueueExpires: {
        readonly type: "seconds";
        readonly default: 60;
        readonly help: "How long such a queue lives without a receiver.";
    };
    readonly workerLogLevel: {
        readonly type: "log-level";
        readonly default: "info";
        readonly help: "debug, info, warning, error or critical.";
    };
    readonly workerLogFormat: {
        readonly type: "log-format";
        readonly default: "auto";
        readonly help: "pretty, json, or auto: pretty on a terminal.";
    };
    readonly leaseS: {
        readonly type: "lease";
        readonly default: 60;
        readonly help: "How long a silent worker keeps its messages.";
    };
    readonly maxDeliveries: {
        readonly type: "count";
        readonly default: 5;
        readonly help: "After how many lost workers a message is dead; 0: never.";
    };
    readonly loopStallLimitS: {
        readonly type: "seconds";
        readonly default: 600;
        readonly help: "How long a task may block the event loop.";
    };
    readonly deadLetterLimit: {
        readonly type: "positive";
        readonly default: 10000;
        readonly help: "Messages kept in each dead-letter list.";
    };
    readonly deadLetterMaxAgeS: {
        readonly type: "seconds";
        readonly default: number;
        readonly help: "How long a dead letter is kept; 0: forever.";
    };
    readonly messageSizeLimit: {
        readonly type: "positive";
        readonly default: number;
        readonly help: "Largest message in bytes, sent or taken.";
    };
    readonly decompressedSizeLimit: {
        readonly type: "positive";
        readonly default: number;
        readonly help: "Largest size in bytes that a compressed body or result may grow to.";
    };
    readonly messageDepthLimit: {
        readonly type: "depth";
        readonly default: 300;
        readonly help: "How deep lists and objects of a message may be nested.";
    };
    readonly messageValueLimit: {
        readonly type: "positive";
        readonly default: 1000000;
        readonly help: "The most lists, objects and members in one message.";
    };
    readonly callbackLimit: {
        readonly type: "positive";
        readonly default: 1000;
        readonly help: "The most callbacks and errbacks (link, linkError) of one task.";
    };
    readonly chainLengthLimit: {
        readonly type: "positive";
        readonly default: 10000;
        readonly help: "The most tasks that may follow one in its chain.";
    };
};
export type SettingName = keyof typeof SETTINGS;
export type NullOf<N extends SettingName> = typeof SETTINGS[N] extends {
    nullable: true;
} ? null : never;
export type FixedOf<N extends SettingName> = typeof SETTINGS[N] extends {
    values: readonly (infer V)[];
} ? V : never;
export type Taken = {
    [N in SettingName]: import("./validation/kinds.js").ValueOf<typeof import("./validation/setting-kinds.js").SETTING_KINDS[typeof SETTINGS[N]["type"]]> | NullOf<N> | FixedOf<N>;
};
export type Read = {
    brokerUrl: string;
    workerConcurrency: number;
};
export type Settings = {
    [N in SettingName]: N extends keyof Read ? Read[N] : Taken[N];
};
export type GivenSettings = {
    [N in SettingName]?: Taken[N] | undefined;
};
export type TransportOptions = {
    /**
     * put before every key
     */
    globalKeyprefix?: string;
    /**
     * kombu's `priority_steps`; default 0, 3, 6, 9
     */
    prioritySteps?: number[];
    /**
     * of a result backend: false gives a chord's results to its body in the order in which
     * they come; all workers have to agree on it
     */
    resultChordOrdered?: boolean;
    /**
     * for rediss:// and sentinel://: ca, cert, key
     */
    tls?: import("node:tls").ConnectionOptions;
    /**
     * for sentinel://: kombu's `master_name`, unless the URL has it
     */
    masterName?: string;
    /**
     * how many others a sentinel must see; default 0
     */
    minOtherSentinels?: number;
    /**
     * of the connections to sentinels
     */
    sentinelKwargs?: SentinelOptions;
};
export type SentinelOptions = {
    username?: string;
    password?: string;
    /**
     * seconds; default 1
     */
    socketTimeout?: number;
    /**
     * without it, these connections are not encrypted
     */
    tls?: import("node:tls").ConnectionOptions;
};
