import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolveSettings } from "../src/settings.js";

describe("settings", () => {
  for (const [given, message] of /** @type {Array<[Record<string, unknown>, RegExp]>} */ ([
    [{ brokerUlr: "x" }, /unknown setting 'brokerUlr'; did you mean 'brokerUrl'\?/],
    [{ result_expires: 1 }, /unknown setting 'result_expires'; did you mean 'resultExpires'\?/],
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

  it("null turns an optional setting off", () => {
    assert.equal(resolveSettings({ resultBackend: null, taskTimeLimit: null }).resultBackend, null);
  });
});
