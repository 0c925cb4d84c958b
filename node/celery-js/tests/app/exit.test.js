/** A client script ends by itself: once it has its results, or its error. Seen with real processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { Celery } from "../../src/index.js";
import { freePort, startServer } from "../support/server.js";

const PACKAGE = new URL("../../src/index.js", import.meta.url).href;
/** Longer than anything that a script may take on a loaded machine. */
const DEADLINE_MS = 25_000;
/** How long a script may live on after its last line: shorter than any timer that would keep it alive. */
const IDLE_MS = 4_000;

/**
 * Runs a script with `app` in scope.
 *
 * @param {string} body
 * @param {{ url: string, settings?: string, onOutput?: (output: string) => void }} options
 */
async function runScript(body, { url, settings = "", onOutput = () => {} }) {
  const source = `
    import { Celery } from ${JSON.stringify(PACKAGE)};
    const url = ${JSON.stringify(url)};
    const app = new Celery("script", { brokerUrl: url, resultBackend: url, ${settings} });
    const print = (text) => process.stdout.write(text + "\\n");
    ${body}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let spokeAt = performance.now();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
      spokeAt = performance.now();
      onOutput(output);
    });
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const [code] = await once(child, "close");
  clearTimeout(timer);
  return { code, output: output.trim(), idleMs: performance.now() - spokeAt };
}

describe("a script", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Celery} */
  let app;
  /** @type {import("../../src/worker/lifecycle/worker.js").Worker} */
  let worker;

  before(async () => {
    server = await startServer();
    app = new Celery("test", { brokerUrl: server.url, resultBackend: server.url });
    app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
    worker = app.worker();
    await worker.start();
  });
  after(async () => {
    await worker.stop();
    await app.close();
    await server.stop();
  });

  test("ends by itself once it has its results", async () => {
    const { code, output, idleMs } = await runScript(
      `const results = await Promise.all([1, 2, 3].map((x) => app.sendTask("add", [x, 1])));
       print(JSON.stringify(await Promise.all(results.map((result) => result.get({ timeout: 30 })))));
       print(await results[0].state);`,
      { url: server.url },
    );

    assert.deepEqual([code, output], [0, "[2,3,4]\nSUCCESS"]);
    assert.ok(idleMs < IDLE_MS, `${idleMs} ms`);
  });

  test("ends after a result that did not come in time", async () => {
    const { code, output, idleMs } = await runScript(
      `await app.AsyncResult("nobody").get({ timeout: 0.2 }).catch((error) => print(error.name));`,
      { url: server.url },
    );

    assert.deepEqual([code, output], [0, "TimeoutError"]);
    assert.ok(idleMs < IDLE_MS, `${idleMs} ms`);
  });

  test("that closes its app while it is idle goes on to its end", async () => {
    const { code, output } = await runScript(
      `await (await app.sendTask("add", [1, 1])).get({ timeout: 30 });
       await new Promise((resolve) => setTimeout(resolve, 300));
       await app.close();
       print("closed");`,
      { url: server.url },
    );

    assert.deepEqual([code, output], [0, "closed"]);
  });

  test("does not end before a message without await has arrived", async () => {
    const { code } = await runScript(`app.sendTask("add", [1, 1], { taskId: "unawaited" });`, { url: server.url });

    assert.equal(code, 0);
    assert.equal(await app.AsyncResult("unawaited").get({ timeout: 10 }), 2);
  });

  test("ends with one error when there is no broker", async () => {
    const url = `redis://127.0.0.1:${await freePort()}/0`;
    const { code, output, idleMs } = await runScript(
      `await app.sendTask("add", [1, 1]).catch((error) => print(error.message));`,
      { url, settings: "taskPublishTimeout: 1" },
    );

    assert.equal(code, 0);
    assert.match(output, new RegExp(`^cannot reach ${url} within 1 s: connect ECONNREFUSED [^\\n]+$`));
    assert.ok(idleMs < IDLE_MS, `${idleMs} ms`);
  });

  test("ends with one error when the server never answers", async (t) => {
    const silent = await startServer();
    t.after(async () => {
      await silent.resume();
      await silent.stop();
    });
    await silent.pause();
    const { code, output, idleMs } = await runScript(
      `await app.sendTask("add", [1, 1]).catch((error) => print(error.message));
       await app.AsyncResult("a").get().catch((error) => print(error.message));`,
      { url: silent.url, settings: "taskPublishTimeout: 1" },
    );

    assert.equal(code, 0);
    assert.equal(output.split("\n").length, 2);
    for (const line of output.split("\n")) assert.match(line, new RegExp(`^cannot reach ${silent.url} within 1 s: `));
    assert.ok(idleMs < IDLE_MS, `${idleMs} ms`);
  });

  test("ends although the server has gone away", async (t) => {
    const doomed = await startServer();
    t.after(doomed.stop);
    const { code, idleMs } = await runScript(
      `await app.sendTask("add", [1, 1]);
       await app.AsyncResult("a").state;
       await app.AsyncResult("a").get({ timeout: 0.1 }).catch(() => {});
       print("idle");
       await new Promise((resolve) => setTimeout(resolve, 1_000));`,
      { url: doomed.url, onOutput: () => void doomed.kill() },
    );

    assert.equal(code, 0);
    assert.ok(idleMs < IDLE_MS, `${idleMs} ms`);
  });
});
