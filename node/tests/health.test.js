/** The worker as a program that answers the health check of its container. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, startServer, waitUntil } from "./processes.js";

/** @param {Record<string, string>} variables @returns {Record<string, string | undefined>} without any other variables of ours */
function environment(variables) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("JOBS_"));
  return { ...Object.fromEntries(inherited), ...variables };
}

/** @param {Record<string, string>} variables */
function startWorker(variables) {
  const worker = spawn(process.execPath, ["js_workers/worker.js"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: environment(variables),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = { text: "" };
  worker.stdout.on("data", (data) => (output.text += data));
  return { worker, output, ended: once(worker, "close").then(([code]) => code) };
}

/**
 * The other health check of the README: over the broker.
 *
 * @param {Record<string, string>} variables
 * @param {string} timeoutS
 */
async function ping(variables, timeoutS) {
  const ask = ["-A", "js_workers/config.js", "inspect", "ping", "-d", `js@${hostname()}`, "-t", timeoutS];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const asking = spawn("node_modules/.bin/celery-js", ask, { cwd, env: environment(variables), stdio: "ignore" });
  const [code] = await once(asking, "close");
  return code;
}

test("JOBS_HEALTH_ADDRESS serves health checks; one worker each", async () => {
  const server = await startServer();
  const port = String(await freePort());
  const variables = {
    JOBS_BROKER_URL: server.url,
    JOBS_RESULT_BACKEND: server.url,
    JOBS_HEALTH_ADDRESS: port,
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
  assert.equal(await ping(variables, "5"), 0);
  first.worker.kill("SIGTERM");
  assert.equal(await first.ended, 0);
  assert.equal(await ping(variables, "0.1"), 69);
  await server.stop();
});
