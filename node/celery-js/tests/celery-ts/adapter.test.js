/** A celery-ts client with the adapter is a client like any other of the app. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Client, Compressor, Result, Serializer } from "celery-ts";
import { Redis } from "ioredis";
import { Dispatches } from "../../src/celery-ts/dispatches.js";
import { celeryTsOptions } from "../../src/celery-ts/index.js";
import { LateResult } from "../../src/celery-ts/late-result.js";
import { Celery, ContentDisallowed, OperationalError, TimeoutError } from "../../src/index.js";
import { freePort, startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";
import { run } from "./run.js";

/** @typedef {import("celery-ts").TaskMessage} TaskMessage */

/**
 * @param {import("celery-ts").MessageBroker["publish"]} publish
 * @returns {import("celery-ts").MessageBroker}
 */
const brokerThat = (publish) => ({ publish, end: async () => {}, disconnect: async () => {} });

/**
 * What celery-ts itself gives to a broker.
 *
 * @param {object} [taskDefaults]
 * @returns {TaskMessage}
 */
function messageOf(taskDefaults) {
  /** @type {TaskMessage[]} */
  const published = [];
  const broker = brokerThat(async (message) => String(published.push(message)));
  const app = new Celery("nobody", { resultBackend: "redis://127.0.0.1:1/0" });
  const client = new Client({ ...celeryTsOptions(app), brokers: [broker], taskDefaults });
  client.createTask("add").applyAsync({ args: [1, 2], kwargs: {} });
  return published[0];
}

describe("a celery-ts client with the adapter", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  /** @type {Client} */
  let client;
  /** @type {Celery} */
  let app;

  const tasks = {
    begin: (/** @type {string} */ _kind) => null,
    add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
    show: (/** @type {unknown} */ x, /** @type {{ y: unknown }} */ { y }) => [x, y],
    fail: (/** @type {string} */ text) => {
      throw new RangeError(text);
    },
  };

  /**
   * @param {Record<string, unknown>} [settings]
   * @param {Parameters<typeof celeryTsOptions>[1]} [options]
   */
  const connect = (settings, options) => {
    app = new Celery("client", { brokerUrl: server.url, resultBackend: server.url, ...settings });
    return new Client(celeryTsOptions(app, options));
  };
  const firstIn = async (/** @type {string} */ list) => {
    const raw = await waitUntil(() => redis.lindex(list, 0));
    return JSON.parse(raw);
  };

  const isWaiting = async () => String(await redis.client("LIST")).includes("name=celery-js-results-waiting");

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
    running = await startWorker(server.url, tasks, { options: { queues: ["celery"] } });
  });
  beforeEach(() => {
    client = connect();
  });
  afterEach(async () => {
    await client.end();
    await redis.del("routed", "named", "unattended");
  });
  after(async () => {
    await running.stop();
    redis.disconnect();
    await server.stop();
  });

  test("passes args, kwargs and eta to the task, compressed or not", async () => {
    for (const compression of Object.values(Compressor)) {
      const eta = new Date(Date.now() + 200);
      const options = { args: [1], kwargs: { y: "é" }, eta, compression };
      assert.deepEqual(await client.createTask("show").applyAsync(options).get(), [1, "é"]);
      assert.ok(Date.now() >= eta.getTime());
    }
  });

  test("sends to the app's route unless a queue is named", async () => {
    await client.end();
    client = connect({ taskRoutes: { "shop.*": { queue: "routed", priority: 6 } } });
    client.createTask("shop.total").applyAsync({ args: [], kwargs: {} });
    client.createTask("shop.total").applyAsync({ args: [], kwargs: {}, queue: "named", priority: 3 });

    assert.equal((await firstIn("routed\x06\x166")).headers.task, "shop.total");
    assert.equal((await firstIn("named\x06\x163")).properties.delivery_info.routing_key, "named");
  });

  test("passes its soft and its hard time limit", async () => {
    const taskDefaults = { softTimeLimit: 5, hardTimeLimit: 10, queue: "named" };
    new Client({ ...celeryTsOptions(app), taskDefaults }).createTask("add").applyAsync({ args: [1, 2], kwargs: {} });

    assert.deepEqual(
      messageOf(taskDefaults).headers.timelimit,
      [5, 10],
      "bare, the other way round than Celery reads it",
    );
    assert.deepEqual((await firstIn("named")).headers.timelimit, [10, 5]);
  });

  test("subscribes to a result only when it is asked for", async () => {
    const result = client.createTask("add").applyAsync({ args: [1, 2], kwargs: {}, queue: "unattended" });
    await firstIn("unattended");
    assert.deepEqual(await redis.pubsub("CHANNELS", "celery-task-meta-*"), []);

    const value = result.get();
    await waitUntil(
      async () => /** @type {string[]} */ (await redis.pubsub("CHANNELS", "celery-task-meta-*")).length === 1,
    );
    await redis.rename("unattended", "celery");
    assert.equal(await value, 3);
  });

  test("gives a result as often as it is asked for", async () => {
    const result = client.createTask("fail").applyAsync({ args: ["no"], kwargs: {} });

    for (const timeout of [undefined, 5_000, undefined]) await assert.rejects(result.get(timeout), { message: "no" });
  });

  test("waits for results of tasks that others have sent", async () => {
    await running.app.sendTask("add", [1, 2], { taskId: "order-1", queue: "celery" });

    const { id, backend } = celeryTsOptions(app);
    assert.notEqual(id, "");
    assert.equal(await new Result("order-1", backend).get(), 3);
    assert.equal((await backend.get({ taskId: "order-1", timeout: 5_000 })).result, 3);
  });

  test("rejects after resultTimeoutS with a TimeoutError", async () => {
    await client.end();
    client = connect({}, { resultTimeoutS: 0.2 });
    const result = client.createTask("add").applyAsync({ args: [1, 2], kwargs: {}, queue: "unattended" });

    await assert.rejects(result.get(), TimeoutError);
    for (const wrong of [-1, "1", Number.NaN]) {
      assert.throws(() => celeryTsOptions(app, { resultTimeoutS: /** @type {number} */ (wrong) }), TypeError);
    }
  });

  test("learns from get() why a task could not be sent", async () => {
    await client.end();
    const url = `redis://127.0.0.1:${await freePort()}/0`;
    client = connect({ brokerUrl: url, taskPublishTimeout: 0.2 });
    const result = client.createTask("add").applyAsync({ args: [1, 2], kwargs: {} });

    await assert.rejects(result.get(), OperationalError);
  });

  test("is warned of an unsent task whose result was not read", async () => {
    await client.end();
    const url = `redis://127.0.0.1:${await freePort()}/0`;
    client = connect({ brokerUrl: url, taskPublishTimeout: 0.2 });
    const warned = once(process, "warning", { signal: AbortSignal.timeout(10_000) });
    const result = client.createTask("add").applyAsync({ args: [1, 2], kwargs: {} });

    const [{ name, message }] = await warned;
    assert.equal(name, "CeleryWarning");
    assert.match(message, /^task add\[[-\da-f]+\] could not be sent: cannot reach redis:.*ECONNREFUSED/);
    await assert.rejects(result.get(), OperationalError);
    await assert.rejects(celeryTsOptions(app).brokers[0].publish(messageOf()), OperationalError);
  });

  test("refuses values that are not JSON, without a second warning", async (t) => {
    /** @type {Error[]} */
    const warnings = [];
    const collect = (/** @type {Error} */ warning) => void warnings.push(warning);
    process.on("warning", collect);
    t.after(() => process.off("warning", collect));
    const options = { args: [1, 2], kwargs: {}, serializer: Serializer.Yaml };

    await assert.rejects(client.createTask("add").applyAsync(options).get(), ContentDisallowed);
    await new Promise(setImmediate);
    assert.deepEqual(warnings, []);
  });

  test("keeps nothing of results that it did not send", async () => {
    const dispatches = new Dispatches();
    const late = new LateResult(Promise.resolve(app.AsyncResult("id")), {});
    dispatches.expect("id", late);
    assert.equal(dispatches.take("id"), late);

    dispatches.expect("id", late);
    await null;
    assert.equal(dispatches.take("id"), null);
  });

  test("stores, deletes and names results as Celery's backend does", async () => {
    const { backend } = celeryTsOptions(app);
    const status = /** @type {import("celery-ts").Status} */ ("SUCCESS");

    await backend.put({ task_id: "put-1", status, result: 7, traceback: null, children: [] });
    assert.equal(await app.AsyncResult("put-1").get({ timeout: 5 }), 7);
    await new Result("put-1", backend).delete();
    assert.equal(await app.AsyncResult("put-1").state, "PENDING");

    const secret = new Celery("secret", { resultBackend: "redis://user:secret@127.0.0.1/3" });
    assert.equal(celeryTsOptions(secret).backend.uri(), "redis://user:**@127.0.0.1/3");
    assert.equal(celeryTsOptions(new Celery("none")).backend.uri(), "disabled://");
  });

  test("closes its connections at the end, once everything is sent", async () => {
    const waiting = client
      .createTask("add")
      .applyAsync({ args: [1, 2], kwargs: {}, queue: "unattended" })
      .get();
    const rejected = assert.rejects(waiting, OperationalError);
    await waitUntil(isWaiting);
    await client.disconnect();

    await rejected;
    await waitUntil(async () => !(await isWaiting()));
    await assert.rejects(
      client
        .createTask("add")
        .applyAsync({ args: [1, 2], kwargs: {} })
        .get(),
      OperationalError,
    );
    assert.equal(await redis.llen("unattended"), 1);
  });

  test("runs its tasks in place with taskAlwaysEager", async () => {
    const eager = new Celery("eager", { taskAlwaysEager: true });
    eager.task("add", tasks.add);
    eager.task("fail", tasks.fail);
    const local = new Client(celeryTsOptions(eager));

    assert.equal(
      await local
        .createTask("add")
        .applyAsync({ args: [1, 2], kwargs: {} })
        .get(),
      3,
    );
    await assert.rejects(
      local
        .createTask("fail")
        .applyAsync({ args: ["no"], kwargs: {} })
        .get(),
      RangeError,
    );
  });

  test("survives a failed task whose result is never read", async () => {
    const { code, outcome, err } = await run("adapter", server.url, "forgetFailure");

    assert.deepEqual([code, outcome, err], [0, { value: 3 }, ""]);
  });

  test("ends by itself once its tasks are sent", async () => {
    const { code, err } = await run("adapter", server.url, "forgetAll");

    assert.deepEqual([code, err], [0, ""]);
    assert.equal(await redis.llen("unattended"), 1);
  });
});
