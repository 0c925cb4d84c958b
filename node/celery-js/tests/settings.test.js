import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { resolveSettings } from "../src/validation/resolve-settings.js";

describe("settings", () => {
  for (const [given, message] of /** @type {Array<[Record<string, unknown>, RegExp]>} */ ([
    [{ brokerUlr: "x" }, /unknown setting 'brokerUlr'; did you mean 'brokerUrl'\?/],
    [{ result_expires: 1 }, /unknown setting 'result_expires'; did you mean 'resultExpires'\?/],
    [{ CELERYD_CONCURRENCY: 4 }, /unknown setting 'CELERYD_CONCURRENCY'; did you mean 'workerConcurrency'\?/],
    [{ CELERY_TASK_ROUTES: {} }, /unknown setting 'CELERY_TASK_ROUTES'; did you mean 'taskRoutes'\?/],
    [{ BROKER_URL: "redis://h" }, /unknown setting 'BROKER_URL'; did you mean 'brokerUrl'\?/],
    [{ workerPoolPutlocks: true }, /setting 'workerPoolPutlocks' is not supported: it is for a pool of processes/],
    [{ beat_schedule: {} }, /setting 'beat_schedule' is not supported: a Node worker has no beat: `celery beat`/],
    [{ CELERYBEAT_SCHEDULE: {} }, /setting 'CELERYBEAT_SCHEDULE' is not supported: a Node worker has no beat/],
    [{ redisPassword: "secret" }, /^(?!.*secret).*'redisPassword' is not supported: it is part of `resultBackend`/],
    [{ enableUtc: false }, /enableUtc=false: expected true\. Messages and results have times in UTC\./],
    [{ acceptContent: ["json", "pickle"] }, /expected \["json"\] or \["application\/json"\]\. Bodies are JSON/],
    [{ resultBackendMaxRetries: 3 }, /resultBackendMaxRetries=3: expected Infinity or null\. A worker stores/],
    [
      { workerLogFormat: "[%(asctime)s] %(message)s" },
      /expected "auto", "pretty" or "json"; a Node worker has no format/,
    ],
    [{ workerLogLevel: "loud" }, /workerLogLevel="loud": expected one of debug, info, warning, error, critical/],
    [{ workerConcurrency: "many" }, /workerConcurrency="many": expected a whole number, 1 or more, or "auto"/],
    [{ brokerUrl: [] }, /brokerUrl=\[\]: expected a non-empty string, or a list of them/],
    [{ leaseS: 0 }, /leaseS=0: expected seconds, from 0\.5 to 1200/],
    // Node's timers take no longer one, and would end it at once.
    ...["workerSoftShutdownTimeout", "taskPublishTimeout", "brokerConnectionTimeout"].map((name) => {
      return [{ [name]: 2_147_484 }, /=2147484: expected a number of seconds, from 0 to 2073600 \(24 days\)/];
    }),
    [{ leaseS: 3600 }, /leaseS=3600/],
    [{ workerConcurrency: 0 }, /workerConcurrency=0: expected a whole number, 1 or more/],
    [{ deadLetterLimit: 0 }, /deadLetterLimit=0/],
    [{ taskSerializer: "pickle" }, /taskSerializer="pickle": expected 'json'/],
    [{ resultExpires: -1 }, /resultExpires=-1/],
    [{ brokerTransportOptions: { globalKeyPrefix: "x" } }, /with some of globalKeyprefix, prioritySteps, tls/],
    [{ brokerTransportOptions: { prioritySteps: [] } }, /brokerTransportOptions/],
    [{ brokerTransportOptions: { visibilityTimeout: 60 } }, /: visibilityTimeout is not supported: .*leaseS/],
    [
      { brokerTransportOptions: { queue_order_strategy: "sorted" } },
      /queue_order_strategy is not supported: .*in turn/,
    ],
    [{ brokerTransportOptions: { sep: ":" } }, /sep is not supported: all workers and clients use kombu's default/],
    [{ brokerTransportOptions: { fanoutPrefix: false } }, /fanoutPrefix is not supported: .*default, \/\{db\}/],
    [{ brokerUrl: null }, /brokerUrl=null: expected a non-empty string/],
  ])) {
    it(`${JSON.stringify(given)} is refused with what is expected`, () => {
      assert.throws(() => resolveSettings(given), { name: "ImproperlyConfigured", message });
    });
  }

  it("a setting that is missing or undefined has its default", () => {
    const settings = resolveSettings({ leaseS: 5, taskDefaultQueue: undefined });
    assert.deepEqual([settings.leaseS, settings.taskDefaultQueue, settings.maxDeliveries], [5, "celery", 5]);
  });

  it("a setting that Celery has and a Node worker fixes is taken with its own value", () => {
    const { acceptContent, enableUtc, timezone, taskDefaultDeliveryMode } = resolveSettings({
      acceptContent: ["json"],
      enableUtc: true,
      timezone: null,
      taskDefaultDeliveryMode: "persistent",
    });

    assert.deepEqual(
      [acceptContent, enableUtc, timezone, taskDefaultDeliveryMode],
      [["json"], true, null, "persistent"],
    );
  });

  it("several servers are joined as in a URL, and auto is one task per processor", () => {
    const settings = resolveSettings({ brokerUrl: ["amqp://a", "amqp://b"], workerConcurrency: "auto" });

    assert.equal(settings.brokerUrl, "amqp://a;amqp://b");
    assert.equal(settings.workerConcurrency, availableParallelism());
  });

  it("null turns an optional setting off", () => {
    assert.equal(resolveSettings({ resultBackend: null, taskTimeLimit: null }).resultBackend, null);
  });
});
