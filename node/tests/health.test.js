/** The worker as a program that answers the health check of its container. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, startServer, waitUntil } from "./processes.js";

/** @param {Record<string, string>} variables */
function startWorker(variables) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("JOBS_"));
  const worker = spawn(process.execPath, ["js_workers/worker.js"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...Object.fromEntries(inherited), ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = { text: "" };
  worker.stdout.on("data", (data) => (output.text += data));
  return { worker, output, ended: once(worker, "close").then(([code]) => code) };
}

test("a worker answers on JOBS_JS_HEALTH_ADDRESS, and a second one with the same address ends with a line that names it", async () => {
  const server = await startServer();
  const port = String(await freePort());
  const variables = {
    JOBS_BROKER_URL: server.url,
    JOBS_RESULT_BACKEND: server.url,
    JOBS_JS_HEALTH_ADDRESS: port,
  };
  const first = startWorker(variables);
  const url = `http://127.0.0.1:${port}/readyz`;
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil(isReady, "the health port says ready");

  const second = startWorker(variables);
  assert.equal(await second.ended, 1);
  assert.match(
    second.output.text,
    new RegExp(`cannot listen on http://127.0.0.1:${port}: listen EADDRINUSE: address already in use`),
  );

  assert.equal(await isReady(), true);
  first.worker.kill("SIGTERM");
  assert.equal(await first.ended, 0);
  await server.stop();
});
