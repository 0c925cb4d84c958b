/** How often, and how long, sending tries to reach a server. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Celery } from "../../src/index.js";

/** A port that breaks every connection, and when. */
async function startRefusals() {
  /** @type {number[]} */
  const times = [];
  const listener = createServer((socket) => {
    times.push(Date.now());
    socket.destroy();
  });
  await new Promise((resolve) => void listener.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  return { url: `redis://127.0.0.1:${port}/0`, times, close: () => void listener.close() };
}

describe("a server that breaks every connection", () => {
  /** @type {Awaited<ReturnType<typeof startRefusals>>} */
  let refusals;
  beforeEach(async () => {
    refusals = await startRefusals();
  });
  afterEach(() => refusals.close());

  /**
   * @param {Record<string, unknown>} settings
   * @param {import("../../src/index.js").SendOptions} options
   */
  const failing = async (settings, options) => {
    const app = new Celery("test", { brokerUrl: refusals.url, taskPublishTimeout: 5, ...settings });
    const started = Date.now();
    await assert.rejects(app.sendTask("add", [], options), {
      name: "OperationalError",
      message: /^cannot reach redis:/,
    });
    await app.close();
    return Date.now() - started;
  };

  test("is tried once with retry: false", async () => {
    await failing({}, { retry: false });
    await failing({ taskPublishRetry: false }, {});

    assert.equal(refusals.times.length, 2);
  });

  test("gets maxRetries more tries, with the policy's pauses", async () => {
    const policy = { maxRetries: 3, intervalStart: 0.1, intervalStep: 0.1, intervalMax: 0.25 };
    await failing({}, { retryPolicy: policy });

    const pauses = refusals.times.slice(1).map((time, i) => time - refusals.times[i]);
    assert.equal(pauses.length, 3);
    for (const [i, expected] of [100, 200, 250].entries()) assert.ok(pauses[i] >= expected - 5, `${pauses}`);
  });

  test("fills what a policy leaves out from Celery's default", async () => {
    await failing({ taskPublishRetryPolicy: { intervalMax: 0 } }, {});
    assert.equal(refusals.times.length, 4, "three repetitions");
    await failing({ taskPublishRetryPolicy: { intervalMax: 0, maxRetries: 5 } }, { retryPolicy: { maxRetries: 0 } });
    assert.equal(refusals.times.length, 5);
  });

  for (const [policy, message] of /** @type {Array<[any, string]>} */ ([
    [{ max_retries: 1 }, "add: option 'retryPolicy': unknown option 'max_retries'; did you mean 'maxRetries'?"],
    [
      { intervalStep: -1 },
      "add: option 'retryPolicy': option 'intervalStep' takes a number of seconds, 0 or more, not -1",
    ],
    [3, "add: option 'retryPolicy' takes an object, not 3"],
  ])) {
    test(`a policy ${JSON.stringify(policy)} is refused`, async () => {
      const app = new Celery("test", { brokerUrl: refusals.url });
      await assert.rejects(app.sendTask("add", [], { retryPolicy: policy }), { name: "TypeError", message });
    });
  }

  test("a policy that is a setting is checked when the app is made", () => {
    // @ts-expect-error: there is no such member
    assert.throws(() => new Celery("test", { taskPublishRetryPolicy: { maxRetry: 1 } }), {
      name: "ImproperlyConfigured",
    });
  });
});
