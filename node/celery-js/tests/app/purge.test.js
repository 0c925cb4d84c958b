/** `app.control.purge()` and `celery-js purge`: they delete what waits in the app's queues (celery.app.control.Control.purge). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Celery } from "../../src/index.js";
import { useServer } from "../support/used-server.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
/** @type {import("../../src/validation/task-queues.js").TaskQueues} */
const QUEUES = ["orders", { name: "mails", exchange: "shop", exchangeType: "topic", routingKey: "mail.#" }];

describe("a purge", () => {
  const valkey = useServer();

  const fill = async () => {
    await valkey.redis.flushdb();
    for (const list of ["orders", "orders\x06\x169", "mails", "mails", "other", "celery"]) {
      await valkey.redis.lpush(list, "message");
    }
  };
  /** @returns {Promise<string[]>} the keys that are left */
  const left = async () => (await valkey.redis.keys("*")).sort();

  it("empties the queues of taskQueues, and says how many messages there were", async () => {
    const app = new Celery("purge", { brokerUrl: valkey.url, taskQueues: QUEUES });
    await fill();

    assert.equal(await app.control.purge(), 4);
    assert.deepEqual(await left(), ["celery", "other"]);
    assert.equal(await app.control.discardAll(), 0);
    await app.close();
  });

  it("empties the default queue of an app without taskQueues", async () => {
    const app = new Celery("purge", { brokerUrl: valkey.url });
    await fill();

    assert.equal(await app.control.discardAll(), 1);
    assert.deepEqual(await left(), ["mails", "orders", "orders\x06\x169", "other"]);
    await app.close();
  });

  it("takes no queues: those of the app are meant", async () => {
    const { control } = new Celery("purge", { brokerUrl: valkey.url });

    await assert.rejects(/** @type {any} */ (control).purge(["orders"]), /purge\(\) takes nothing, not an array/);
  });

  it("of the command line empties the queues of taskQueues", async () => {
    const folder = mkdtempSync(join(tmpdir(), "celery-js-purge-"));
    const settings = JSON.stringify({ brokerUrl: valkey.url, taskQueues: QUEUES });
    writeFileSync(join(folder, "settings.mjs"), `export const celerySettings = () => (${settings});`);
    await fill();

    const { status, stdout } = spawnSync(MAIN, ["-A", join(folder, "settings.mjs"), "purge", "-f"], {
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });

    assert.deepEqual([status, stdout], [0, "Purged 4 messages from 2 known task queues.\n"]);
    assert.deepEqual(await left(), ["celery", "other"]);
  });
});
