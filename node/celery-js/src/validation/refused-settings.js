/**
 * Celery's settings that a Node worker refuses, by the reason, which names the alternative where there is one. The page
 * docs/celery-compatibility.md lists them (a test compares it), and a conformance test finds settings that are new in Celery.
 */

/** @type {ReadonlyArray<{ why: string, names: readonly string[] }>} */
export const REFUSED_SETTINGS = [
  {
    why: "Node has no import by name: import the modules of tasks, or call `app.autodiscoverTasks()`",
    names: ["imports", "include"],
  },
  {
    why: "a Node worker has no beat: `celery beat`, with its own configuration, sends JavaScript tasks by name",
    names: [
      "beatEnableRemoteControl",
      "beatRemoteControlMaxTickAge",
      "beatMaxLoopInterval",
      "beatSchedule",
      "beatScheduler",
      "beatScheduleFilename",
      "beatSyncEvery",
      "beatCronStartingDeadline",
    ],
  },
  {
    why: "it is part of `brokerUrl`",
    names: ["brokerTransport", "brokerHost", "brokerPort", "brokerUser", "brokerPassword", "brokerVhost"],
  },
  { why: "an app sends to and takes from one server, `brokerUrl`", names: ["brokerReadUrl", "brokerWriteUrl"] },
  { why: "a worker reconnects after every error but a refusal", names: ["brokerChannelErrorRetry"] },
  { why: "the heartbeat follows from `leaseS`", names: ["brokerHeartbeat", "brokerHeartbeatCheckrate"] },
  {
    why: "an app sends over one connection; `brokerConnectionTimeout` and `taskPublishTimeout` limit how long it waits",
    names: ["brokerPoolAcquireTimeout", "redisMaxConnections"],
  },
  {
    why: "it is part of `resultBackend`",
    names: ["redisHost", "redisPort", "redisDb", "redisUsername", "redisPassword", "databaseUrl"],
  },
  {
    why: "for TLS, `resultBackend` begins with rediss://, and `resultBackendTransportOptions.tls` has the certificates",
    names: ["redisBackendUseSsl"],
  },
  {
    why: "it is a parameter of the URL, such as `redis://host/0?socket_timeout=3`",
    names: ["redisSocketTimeout", "redisSocketConnectTimeout", "redisSocketKeepalive"],
  },
  {
    why: "a worker stores a result again until the server has it, with pauses of its own",
    names: ["redisRetryOnTimeout", "resultBackendBaseSleepBetweenRetriesMs", "resultBackendMaxSleepBetweenRetriesMs"],
  },
  { why: "a Node worker reads compressed results, but writes none", names: ["resultCompression"] },
  {
    why: "results are kept in Redis, Valkey or PostgreSQL, not sent as messages",
    names: ["resultExchange", "resultExchangeType", "resultPersistent"],
  },
  {
    why: "`databasePoolSize` and parameters of the URL are what PostgreSQL takes",
    names: ["databaseEngineOptions", "databaseEngineCallback", "databaseShortLivedSessions"],
  },
  {
    why: "results are kept in Redis, Valkey or PostgreSQL",
    names: [
      ...["cacheBackend", "cacheBackendOptions"],
      ...["cassandraEntryTtl", "cassandraKeyspace", "cassandraPort", "cassandraReadConsistency", "cassandraServers"],
      ...["cassandraBundlePath", "cassandraTable", "cassandraWriteConsistency", "cassandraAuthProvider"],
      ...["cassandraAuthKwargs", "cassandraOptions"],
      ...["s3AccessKeyId", "s3SecretAccessKey", "s3Bucket", "s3BasePath", "s3EndpointUrl", "s3Region"],
      ...["azureblockblobContainerName", "azureblockblobRetryInitialBackoffSec", "azureblockblobRetryIncrementBase"],
      ...["azureblockblobRetryMaxAttempts", "azureblockblobBasePath", "azureblockblobConnectionTimeout"],
      ...["azureblockblobReadTimeout", "gcsBucket", "gcsProject", "gcsBasePath", "gcsTtl"],
      ...["couchbaseBackendSettings", "arangodbBackendSettings", "mongodbBackendSettings"],
      ...["cosmosdbsqlDatabaseName", "cosmosdbsqlCollectionName", "cosmosdbsqlConsistencyLevel"],
      ...["cosmosdbsqlMaxRetryAttempts", "cosmosdbsqlMaxRetryWaitTime"],
      ...["elasticsearchRetryOnTimeout", "elasticsearchMaxRetries", "elasticsearchTimeout"],
      "elasticsearchSaveMetaAsText",
    ],
  },
  {
    why: "messages are not signed: protect the server by users, passwords and TLS",
    names: ["securityCertificate", "securityCertStore", "securityKey", "securityKeyPassword", "securityDigest"],
  },
  {
    why: "`taskQueues` gives a queue its exchange and routing key: { name, exchange, exchangeType, routingKey }",
    names: ["taskDefaultExchange", "taskDefaultExchangeType", "taskDefaultRoutingKey"],
  },
  { why: "`taskCreateMissingQueueType` is the type of all queues", names: ["taskDefaultQueueType"] },
  {
    why: "it names a class of a Python worker, and a Node worker's cannot be replaced",
    names: ["workerAgent", "workerAutoscaler", "workerConsumer", "workerTimer"],
  },
  { why: "a running task always counts as reserved", names: ["workerEnablePrefetchCountReduction"] },
  {
    why: "it is for a pool of processes, and a Node worker has threads",
    names: ["workerLostWait", "workerPoolPutlocks", "workerPoolStartMethod", "workerProcAliveTimeout"],
  },
  { why: "a Node worker uses Node's timers", names: ["workerTimerPrecision"] },
  {
    why: "`workerLogFormat` is pretty or json, and neither can be changed",
    names: ["workerLogDatefmt", "workerTaskLogFormat", "workerTaskLogDatefmt"],
  },
  { why: "a log on a terminal is coloured, unless `-C` or NO_COLOR is set", names: ["workerLogColor"] },
  { why: "what a task prints does not go to the log; `self.log` does", names: ["workerRedirectStdoutsLevel"] },
];

/**
 * @param {string} name in camelCase
 * @returns {string | null} why it is refused; null: it is no such setting
 */
export const whyRefused = (name) => REFUSED_SETTINGS.find(({ names }) => names.includes(name))?.why ?? null;
