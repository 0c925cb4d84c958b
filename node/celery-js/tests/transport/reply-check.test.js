/** A reply of the wrong type is not a value: the connection is thrown away, and the command sent again or refused clearly. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { chordScripts } from "../../src/backend/redis/chords.js";
import { Celery, chord } from "../../src/index.js";
import { RedisDeadLetters } from "../../src/transport/redis/dead-letters.js";
import { purgeQueues } from "../../src/transport/redis/purge.js";
import { REPLIES, SCRIPT_REPLIES } from "../../src/transport/redis/reply-check.js";
import { deliveryScripts } from "../../src/transport/redis/scripts.js";
import { startGate } from "../support/gate.js";
import { useServer } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";

const SOURCE = new URL("../../src/", import.meta.url);
/** Of a client, and no commands. */
const METHODS = new Set(["connect", "disconnect", "emit", "exec", "expect", "multi", "off", "on", "once", "prove"]);

/** @returns {string[]} */
function commandsInSource() {
  const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const files = sources.filter((name) => !name.includes("postgres"));
  const found = files.flatMap((name) => {
    const text = readFileSync(new URL(name, SOURCE), "utf8");
    return [...text.matchAll(/\bclient\s*\.([a-z]+)(?:Buffer)?\(/g)].map(([, command]) => command);
  });
  return [...new Set(found)].filter((command) => !METHODS.has(command)).sort();
}

it("every command and script declares its type of reply", () => {
  assert.deepEqual(
    commandsInSource().filter((command) => !(command in REPLIES)),
    [],
  );
  const scripts = [...Object.keys(deliveryScripts()), ...Object.keys(chordScripts())].map((name) =>
    name.slice("celery_".length),
  );
  assert.deepEqual(Object.keys(SCRIPT_REPLIES).sort(), scripts.sort());
});

/** @typedef {import("../support/gate.js").Gate} Gate */

/** One of each type, and what a shifted connection would bring. */
const STRAY = ["+OK", ":7", "$-1", "*0", "$3\r\nabc", "*1\r\n:7", "*2\r\n$1\r\na\r\n$1\r\nb"].map(
  (reply) => `${reply}\r\n`,
);
/** How many of the server's answers to one operation it may come before. */
const CHUNKS = 3;
/** What a caller may get. */
const isClear = (/** @type {any} */ error) => ["OperationalError", "TimeoutError"].includes(error?.name);

describe("a reply too many", { concurrency: true }, () => {
  const valkey = useServer();

  /** @param {import("node:test").TestContext} t @returns {Promise<{ app: Celery, gate: Gate }>} a client behind its own gate */
  async function client(t) {
    const gate = await startGate(valkey.server.port);
    const settings = { brokerUrl: gate.url(), resultBackend: gate.url(), taskPublishTimeout: 5 };
    const app = new Celery("client", { ...settings, taskDefaultQueue: "q" });
    t.after(async () => {
      await app.close();
      await gate.close();
    });
    return { app, gate };
  }

  /** @param {string} taskId @param {unknown} result */
  const stored = (taskId, result = 5) =>
    valkey.redis.set(
      `celery-task-meta-${taskId}`,
      JSON.stringify({ status: "SUCCESS", result, children: [], task_id: taskId }),
    );

  /** @type {Record<string, (app: Celery) => Promise<unknown>>} */
  const operations = {
    "a result": async (app) => {
      await stored("one");
      await stored("two");
      // The first may be taken for one that is not there; what is read is never anything else.
      assert.ok(["SUCCESS", "PENDING"].includes(await app.AsyncResult("one").state));
      assert.equal(await app.AsyncResult("two").get({ timeout: 10 }), 5);
    },
    "a task": (app) => app.sendTask("a"),
    "a chord": (app) => chord([app.signature("a"), app.signature("a")], app.signature("b")).applyAsync(),
    "a saved group": async (app) => assert.equal(await app.backend.restoreGroup("nothing"), null),
    "an answer of remote control": (app) => app.control.ping({ timeout: 0.1 }),
    "a forgotten result": (app) => app.AsyncResult("one").forget(),
    "a purged queue": (app) => purgeQueues(app.settings, ["q"]),
    "a dead letter": async (app) => {
      const letters = new RedisDeadLetters(app.settings);
      try {
        await letters.queues();
        for await (const letter of letters.newestFirst("q")) assert.fail(String(letter));
      } finally {
        letters.close();
      }
    },
  };
  for (const reply of STRAY) {
    it(`unexpected ${JSON.stringify(reply)} ends the connection only`, async (t) => {
      const { app, gate } = await client(t);
      const [first, second] = [randomUUID(), randomUUID()];
      await stored(first);
      assert.equal(await app.AsyncResult(first).get({ timeout: 10 }), 5);
      const accepted = gate.accepted();

      gate.say(reply);

      const waiting = app.AsyncResult(second).get({ timeout: 10 });
      await waitUntil(() => gate.accepted() > accepted);
      await stored(second);
      await valkey.redis.publish(
        `celery-task-meta-${second}`,
        String(await valkey.redis.get(`celery-task-meta-${second}`)),
      );
      assert.equal(await waiting, 5);
    });
  }
  for (const [what, operation] of Object.entries(operations)) {
    it(`${what} is right, or a clear error`, async (t) => {
      const { app, gate } = await client(t);
      await app.sendTask("warm");
      await app.AsyncResult("warm").state;
      let injected = 0;
      for (const reply of STRAY) {
        for (let chunk = 0; chunk < CHUNKS; chunk++) {
          let seen = 0;
          gate.alter((data) => {
            if (seen++ !== chunk) return data;
            injected += 1;
            return Buffer.concat([Buffer.from(reply), data]);
          });
          await operation(app).catch((error) => {
            if (!isClear(error)) throw error;
          });
        }
      }
      gate.alter(null);
      assert.ok(injected >= STRAY.length, `${injected} replies`);
      await operation(app);
    });
  }
});
