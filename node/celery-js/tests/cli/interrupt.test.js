/** A command that asks workers, and is interrupted while it waits for their answers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** @type {import("../support/server.js").TestServer} */
let server;
/** @type {Redis} */
let redis;
before(async () => {
  server = await startServer();
  redis = new Redis(server.url);
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

for (const [signal, exitCode, words] of /** @type {Array<[NodeJS.Signals, number, string[]]>} */ ([
  ["SIGINT", 130, ["inspect", "ping", "-t", "30"]],
  ["SIGTERM", 143, ["control", "enable_events", "-t", "30"]],
  ["SIGINT", 130, ["status", "-t", "30"]],
])) {
  test(`${words[0]} ends with ${exitCode} on ${signal} and deletes its queue`, { timeout: 30_000 }, async () => {
    const child = spawn(process.execPath, [MAIN, "-b", server.url, ...words], { stdio: "ignore" });
    const ended = once(child, "exit");
    await waitUntil(async () => (await redis.keys("*reply*")).length > 0);
    await waitUntil(async () => String(await redis.call("CLIENT", "LIST")).includes("cmd=brpop"));

    child.kill(signal);

    assert.deepEqual(await ended, [exitCode, null]);
    assert.deepEqual(await redis.keys("*reply*"), []);
  });
}
