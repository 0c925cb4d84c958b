/** The environment becomes Celery's settings, or one line that says what is wrong. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { Celery } from "celery-js";
import { checkNodeVersion } from "celery-js/program";
import { celerySettings, readVariables, VARIABLES, workerOptions } from "../js_workers/config.js";

const BROKER_URL_EXPECTED =
  "expected a URL that begins with redis://, rediss://, redis+socket://, sentinel://, amqp:// or amqps://";
const RESULT_URL_EXPECTED =
  "expected a URL that begins with redis://, rediss://, redis+socket://, sentinel:// or db+postgresql://";
const LEASE_EXPECTED = "expected a number of seconds from 0.5 to 1200, for example 60";
const TIMEOUT_EXPECTED = "expected a whole number of seconds, at most 2073600 (24 days)";
const ADDRESS_EXPECTED = "expected a port, a host and a port, or the path of a socket";
const ROUTES_EXPECTED = "expected pattern=queue pairs separated by commas";

test("without an environment every variable has its default", () => {
  const settings = celerySettings({});

  assert.equal(settings.brokerUrl, "redis://127.0.0.1:6379/0");
  assert.equal(settings.resultBackend, "redis://127.0.0.1:6379/0");
  assert.deepEqual(settings.taskRoutes, { "py_workers.*": "py-queue", "js_workers.*": "js-queue" });
  assert.equal(settings.taskTimeLimit, 1800);
  assert.deepEqual(settings.brokerTransportOptions, { globalKeyprefix: "" });
  assert.deepEqual(workerOptions({}), { queues: ["js-queue"], hostname: "js@%h" });
});

test("the app takes the settings as they are", () => {
  const app = new Celery("test", celerySettings({}));

  assert.equal(app.settings.workerConcurrency, 10);
});

describe("a variable becomes a setting", () => {
  for (const [name, text, setting, value] of /** @type {Array<[string, string, string, unknown]>} */ ([
    ["JOBS_BROKER_URL", "redis://:secret@broker:6380/3", "brokerUrl", "redis://:secret@broker:6380/3"],
    ["JOBS_RESULT_BACKEND", "redis://[::1]/1", "resultBackend", "redis://[::1]/1"],
    [
      "JOBS_BROKER_URL",
      "redis+socket:///run/r.sock?virtual_host=2",
      "brokerUrl",
      "redis+socket:///run/r.sock?virtual_host=2",
    ],
    ["JOBS_TASK_ROUTES", " a.b = q1 , c.* = q2", "taskRoutes", { "a.b": "q1", "c.*": "q2" }],
    ["JOBS_DEFAULT_QUEUE", "slow", "taskDefaultQueue", "slow"],
    ["JOBS_RESULT_EXPIRES_S", "0", "resultExpires", 0],
    ["JOBS_LEASE_S", "2.5", "leaseS", 2.5],
    ["JOBS_MAX_DELIVERIES", "0", "maxDeliveries", 0],
    ["JOBS_DEAD_LETTER_LIMIT", "7", "deadLetterLimit", 7],
    ["JOBS_DEAD_LETTER_MAX_AGE_S", "0", "deadLetterMaxAgeS", 0],
    ["JOBS_MESSAGE_SIZE_LIMIT", "1000", "messageSizeLimit", 1000],
    ["JOBS_TASK_TIME_LIMIT_S", "0", "taskTimeLimit", null],
    ["JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "5", "workerSoftShutdownTimeout", 5],
    ["JOBS_GLOBAL_KEYPREFIX", "blue:", "resultBackendTransportOptions", { globalKeyprefix: "blue:" }],
    ["JOBS_LOG_LEVEL", "debug", "workerLogLevel", "debug"],
    ["JOBS_JS_CONCURRENCY", " 8 ", "workerConcurrency", 8],
    ["JOBS_JS_THREADS", "2", "workerThreadConcurrency", 2],
    ["JOBS_JS_THREADS", "0", "workerThreadConcurrency", null],
    ["JOBS_JS_PREFETCH_MULTIPLIER", "1", "workerPrefetchMultiplier", 1],
    ["JOBS_JS_LOOP_STALL_LIMIT_S", "30", "loopStallLimitS", 30],
    ["JOBS_HEALTH_ADDRESS", "8080", "workerHealthAddress", "8080"],
    ["JOBS_HEALTH_ADDRESS", "/tmp/health.sock", "workerHealthAddress", "/tmp/health.sock"],
    ["JOBS_HEALTH_ADDRESS", "", "workerHealthAddress", null],
  ])) {
    test(`${name}=${text}`, () => assert.deepEqual(Reflect.get(celerySettings({ [name]: text }), setting), value));
  }

  test("JOBS_JS_QUEUES=a, b", () =>
    assert.deepEqual(workerOptions({ JOBS_JS_QUEUES: "a, b" }), { queues: ["a", "b"], hostname: "js@%h" }));
});

test("results may go to PostgreSQL, with all columns", () => {
  const url = "db+postgresql://user:s%2Fx@db:5433/jobs";

  const settings = celerySettings({ JOBS_RESULT_BACKEND: url });

  assert.equal(settings.resultBackend, url);
  assert.equal(settings.resultExtended, true);
  assert.equal(celerySettings({}).resultExtended, false);
});

describe("a wrong value is refused in one line", () => {
  for (const [name, text, expected] of [
    ["JOBS_BROKER_URL", "kafka://localhost", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "localhost:6379", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "redis://localhost:port/0", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "redis://localhost:99999", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "redis://localhost/zero", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "redis:///0", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "db+postgresql://h/d", BROKER_URL_EXPECTED],
    ["JOBS_BROKER_URL", "amqp://localhost:99999", BROKER_URL_EXPECTED],
    ["JOBS_RESULT_BACKEND", "rpc://", RESULT_URL_EXPECTED],
    ["JOBS_RESULT_BACKEND", "amqp://localhost", RESULT_URL_EXPECTED],
    ["JOBS_RESULT_BACKEND", "db+postgresql://h", RESULT_URL_EXPECTED],
    ["JOBS_RESULT_BACKEND", "db+postgresql://h:port/d", RESULT_URL_EXPECTED],
    ["JOBS_RESULT_BACKEND", "db+mysql://h/d", RESULT_URL_EXPECTED],
    ["JOBS_TASK_ROUTES", "py_workers.*", ROUTES_EXPECTED],
    ["JOBS_TASK_ROUTES", "a=b=c", ROUTES_EXPECTED],
    ["JOBS_TASK_ROUTES", "a=b,,c=d", ROUTES_EXPECTED],
    ["JOBS_DEFAULT_QUEUE", "one,two", "expected the name of a queue"],
    ["JOBS_RESULT_EXPIRES_S", "1 day", "expected a whole number of seconds"],
    ["JOBS_LEASE_S", "abc", LEASE_EXPECTED],
    ["JOBS_LEASE_S", "0", LEASE_EXPECTED],
    ["JOBS_LEASE_S", "0.4", LEASE_EXPECTED],
    ["JOBS_LEASE_S", "3600", LEASE_EXPECTED],
    ["JOBS_MAX_DELIVERIES", "1.5", "expected a whole number, for example 5"],
    ["JOBS_DEAD_LETTER_LIMIT", "0", "expected a whole number of at least 1"],
    ["JOBS_TASK_TIME_LIMIT_S", "30m", "expected a whole number of seconds"],
    ["JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "-5", TIMEOUT_EXPECTED],
    ["JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "2073601", TIMEOUT_EXPECTED],
    ["JOBS_GLOBAL_KEYPREFIX", "a b", "expected a string without spaces"],
    ["JOBS_LOG_LEVEL", "loud", "expected one of debug, info, warning, error, critical"],
    ["JOBS_JS_QUEUES", "a,,b", "expected queue names separated by commas"],
    ["JOBS_JS_CONCURRENCY", "0", "expected a whole number of at least 1"],
    ["JOBS_JS_THREADS", "-1", "expected a whole number"],
    ["JOBS_JS_PREFETCH_MULTIPLIER", "x", "expected a whole number of at least 1"],
    ["JOBS_JS_LOOP_STALL_LIMIT_S", "10m", "expected a whole number of seconds"],
    ["JOBS_HEALTH_ADDRESS", "health.sock", ADDRESS_EXPECTED],
    ["JOBS_HEALTH_ADDRESS", "65536", ADDRESS_EXPECTED],
  ]) {
    test(`${name}=${text}`, () => {
      assert.throws(
        () => celerySettings({ [name]: text }),
        (error) => error instanceof Error && error.message.startsWith(`${name}='${text}': ${expected}`),
      );
    });
  }
});

test("an empty variable has its default", () => {
  assert.deepEqual(celerySettings({ JOBS_DEFAULT_QUEUE: "", JOBS_LEASE_S: " " }), celerySettings({}));
});

test("an unknown variable is refused", () => {
  assert.throws(() => celerySettings({ JOBS_LEASE: "60" }), {
    message: "JOBS_LEASE='60': unknown variable; docs/settings.md lists them all",
  });
});

test("a variable that was renamed is refused with its new name", () => {
  assert.throws(() => celerySettings({ JOBS_JS_HEALTH_ADDRESS: "8080" }), {
    message: "JOBS_JS_HEALTH_ADDRESS='8080': this variable is now JOBS_HEALTH_ADDRESS",
  });
  assert.deepEqual(celerySettings({ JOBS_JS_HEALTH_ADDRESS: "" }), celerySettings({}));
});

test("Kubernetes' and the Python workers' variables are ignored", () => {
  const names = [
    ...["JOBS_SERVICE_HOST", "JOBS_PORT", "JOBS_REDIS_SERVICE_HOST", "JOBS_REDIS_SERVICE_PORT"],
    ...[
      "JOBS_REDIS_SERVICE_PORT_CLIENT",
      "JOBS_REDIS_PORT",
      "JOBS_REDIS_PORT_6379_TCP",
      "JOBS_REDIS_PORT_6379_TCP_ADDR",
    ],
    ...["JOBS_DNS_PORT_53_UDP_PROTO", "JOBS_PY_CONCURRENCY"],
  ];

  for (const name of names) assert.deepEqual(celerySettings({ [name]: "tcp://10.0.0.1:6379" }), celerySettings({}));
});

test("a refused value is shown without what may be a password", () => {
  for (const text of ["kafka://user:hunter2@host", "user:hunter2@host", "redis://:hunt@er2@h:x/0"]) {
    assert.throws(
      () => celerySettings({ JOBS_BROKER_URL: text }),
      (error) => error instanceof Error && error.message.includes("**@h") && !/hunt|er2/.test(error.message),
    );
  }
  assert.throws(() => celerySettings({ JOBS_BROKER_PASSWORD: "hunter2" }), {
    message: /^JOBS_BROKER_PASSWORD='\*\*': /,
  });
});

test("an older Node is refused in one line", () => {
  assert.throws(() => checkNodeVersion("18.20.4"), {
    message: /^Node 20 or newer is needed; this is Node 18\.20\.4 /,
  });
  assert.doesNotThrow(() => checkNodeVersion());
});

test("the example files have the defaults of the code", () => {
  // Read as every make target reads them.
  const command = ["-m", "scripts", "settings", "node"];
  const files = JSON.parse(
    execFileSync("python3", command, { cwd: new URL("../../", import.meta.url), encoding: "utf8" }),
  );

  assert.deepEqual(Object.keys(files).sort(), Object.keys(VARIABLES).sort());
  assert.deepEqual(readVariables(files), readVariables({}));
});
