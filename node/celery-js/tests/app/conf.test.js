/** `app.conf` and `configFromObject`: settings that change until the app is used. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { Celery } from "../../src/app/celery.js";
import { signals } from "../../src/index.js";
import { eagerApp } from "../../src/testing/index.js";

import { startServer } from "../support/server.js";

/** Nothing listens there. */
const NOWHERE = "redis://127.0.0.1:1/0";

/** @param {import("../../src/settings.js").GivenSettings} [settings] */
const appWith = (settings) => new Celery("conf", { brokerUrl: NOWHERE, ...settings });

describe("app.conf", () => {
  it("has every setting", () => {
    const app = appWith({ taskDefaultQueue: "orders" });

    assert.equal(app.conf.taskDefaultQueue, "orders");
    assert.deepEqual({ ...app.conf }, { ...app.settings });
  });

  it("an assignment and an update change what the app uses", async () => {
    const app = appWith();

    app.conf.taskRoutes = { "shop.*": "shop" };
    app.conf.update({ brokerUrl: "redis://127.0.0.1:2/0", taskPublishTimeout: 0.05 });

    assert.equal(app.settings.taskPublishTimeout, 0.05);
    await assert.rejects(app.sendTask("shop.sell"), /cannot reach redis:\/\/127\.0\.0\.1:2\/0/);
    assert.equal(app.route?.("shop.sell", [], {}, {}, null)?.queue, "shop");
  });

  it("annotations can be set until the first task is there", () => {
    const app = appWith();

    app.conf.taskAnnotations = { "*": { maxRetries: 7 } };
    assert.equal(app.task("shop.sell", async () => null).maxRetries, 7);

    const setLate = () => app.conf.update({ taskAnnotations: {} });
    assert.throws(setLate, {
      name: "ImproperlyConfigured",
      message: /too late to set taskAnnotations: the task shop\.sell/,
    });
    assert.equal(app.conf.taskAnnotations?.["*"].maxRetries, 7);
  });

  it("what is undefined changes nothing", () => {
    const app = appWith({ taskPublishTimeout: 0.05 });

    app.conf.update({ brokerUrl: undefined, taskPublishTimeout: undefined });

    assert.equal(app.conf.brokerUrl, NOWHERE);
    assert.equal(app.conf.taskPublishTimeout, 0.05);
  });

  it("a refused route leaves all as it was", () => {
    const app = appWith();

    const wrong = /** @type {any} */ ([["a", "b", "c"]]);
    assert.throws(() => app.conf.update({ taskRoutes: wrong, taskPublishTimeout: 1 }));

    assert.equal(app.conf.taskPublishTimeout, 5);
    app.conf.update({ taskPublishTimeout: 2 });
  });

  it("a new result backend is asked for results", async () => {
    const app = appWith();

    app.conf.resultBackend = NOWHERE;

    await assert.rejects(app.AsyncResult("id1").get({ timeout: 0.1 }), { name: "TimeoutError" });
  });

  for (const [changes, message] of /** @type {Array<[any, RegExp]>} */ ([
    [{ taskRoute: {} }, /unknown setting 'taskRoute'; did you mean 'taskRoutes'\?/],
    [{ leaseS: "a" }, /leaseS="a": expected seconds/],
    [{ brokerUrl: "kafka://h" }, /brokerUrl='kafka:\/\/h': unknown scheme/],
    [7, /conf\.update\(\): the options must be an object/],
  ])) {
    it(`refuses ${JSON.stringify(changes)} and stays as it was`, () => {
      const app = appWith();
      const before = { ...app.conf };

      assert.throws(() => app.conf.update(changes), { name: "ImproperlyConfigured", message });
      assert.throws(() => Object.assign(app.conf, { unheardOf: 1 }), /unknown setting 'unheardOf'/);
      assert.deepEqual({ ...app.conf }, before);
    });
  }

  for (const [use, how] of /** @type {Array<[(app: Celery) => unknown, string]>} */ ([
    [(app) => app.AsyncResult("id1"), "a result is read"],
    [(app) => app.worker(), "a worker is made"],
    [(app) => app.sendTask("add").catch(() => {}), "a message is sent"],
  ])) {
    it(`it cannot change once ${how}`, async () => {
      const app = appWith({ taskPublishTimeout: 0.05 });

      await use(app);

      const message =
        /it is too late to set taskDefaultQueue: the app has already sent a message or made a worker, a result/;
      assert.throws(() => app.conf.update({ taskDefaultQueue: "late" }), { name: "ImproperlyConfigured", message });
      assert.equal(app.conf.taskDefaultQueue, "celery");
      await app.close();
    });
  }

  it("a receiver of celerydInit is told that the worker has its settings already", async () => {
    const { url, stop } = await startServer();
    /** @type {unknown[]} */
    const errors = [];
    const change = (/** @type {any} */ { conf }) => {
      try {
        conf.taskDefaultRateLimit = "10/m";
      } catch (error) {
        errors.push(error);
      }
    };
    signals.celerydInit.connect(change);
    const app = appWith({ brokerUrl: url, workerLogLevel: "error" });
    const worker = app.worker();

    await worker.start();

    signals.celerydInit.disconnect(change);
    await worker.stop();
    await app.close();
    await stop();
    assert.match(String(errors[0]), /it is too late to set taskDefaultRateLimit/);
  });

  it("an eager app keeps its results in memory", async () => {
    const app = eagerApp();
    const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);

    app.conf.taskEagerPropagates = true;

    assert.equal(await (await add.delay(1, 2)).get(), 3);
    assert.deepEqual(app.states(await add.delay(1, 2)), ["SUCCESS"]);
  });
});

describe("configFromObject", () => {
  /** @type {string} */
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "celery-js-conf-"));
    writeFileSync(join(folder, "named.mjs"), `export const taskDefaultQueue = "orders"; export const leaseS = 5;`);
    writeFileSync(join(folder, "all.mjs"), `export default { taskDefaultQueue: "mails" };`);
    writeFileSync(join(folder, "wrong.mjs"), `export const broker_url = "redis://h";`);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("takes an object, but what the code has named stays", async () => {
    const app = appWith({ leaseS: 7 });
    app.conf.maxDeliveries = 3;

    await app.configFromObject({ leaseS: 5, maxDeliveries: 1, taskDefaultQueue: "orders" });

    const { leaseS, maxDeliveries, taskDefaultQueue } = app.conf;
    assert.deepEqual([leaseS, maxDeliveries, taskDefaultQueue], [7, 3, "orders"]);
  });

  it("takes a module, by path or URL, with one export for each setting or one for all", async () => {
    const [named, all] = [appWith(), appWith()];

    await named.configFromObject(join(folder, "named.mjs"));
    await all.configFromObject(pathToFileURL(join(folder, "all.mjs")));

    assert.deepEqual([named.conf.taskDefaultQueue, named.conf.leaseS], ["orders", 5]);
    assert.equal(all.conf.taskDefaultQueue, "mails");
  });

  it("refuses unknown settings, and what is no source", async () => {
    const app = appWith();

    await assert.rejects(app.configFromObject(join(folder, "wrong.mjs")), /'broker_url'; did you mean 'brokerUrl'\?/);
    await assert.rejects(app.configFromObject(/** @type {any} */ (5)), { name: "TypeError" });
  });
});
