/** Measures one round of one client: a fresh server, and one client process that sends many tasks. */
import { once } from "node:events";
import { end, startModule, untilEnded } from "./processes.js";
import { startPythonClient } from "./python-client.js";
import { startServer } from "./server.js";

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {string} file in clients/; of Node or of Python
 * @property {string} [delivery] of a Python client: `early` or `reliable`
 * @property {string} mode as the file knows it
 * @property {string} list that the server keeps the tasks in
 * @property {(port: number, count: number) => Promise<void>} [prepare] puts into the server what the client reads; nothing is counted then
 */

/**
 * @param {Client} client
 * @param {number} count tasks
 * @param {import("./workers.js").StartWorker} [start] a worker for them; without one they are counted in the server
 * @returns {Promise<Record<string, number>>} what the client reports
 * @throws {Error} when a process ends, or the server does not have the tasks
 */
export async function clientRound(client, count, start) {
  const { name, list, prepare } = client;
  const server = await startServer();
  const children = [];
  try {
    const worker = start?.(server.port, 50);
    if (worker) children.push(worker.child);
    await Promise.race([worker?.begin(), server.failed]);
    await prepare?.(server.port, count);
    const child = startClient(client, server.port, count);
    children.push(child);
    const failed = children.map((process) => untilEnded(process, name));
    await Promise.race([once(child, "message"), server.failed, ...failed]);
    child.send("start");
    const [figures] = await Promise.race([once(child, "message"), server.failed, ...failed]);
    const sent = start || prepare ? count : await server.client.llen(list);
    if (sent !== count) throw new Error(`${name} sent ${sent} of ${count} tasks`);
    return figures;
  } finally {
    await Promise.all(children.map(end));
    await server.stop();
  }
}

/**
 * @param {Client} client
 * @param {number} port
 * @param {number} count
 */
function startClient({ file, mode, delivery = "early" }, port, count) {
  const args = [`${port}`, mode, `${count}`];
  if (file.endsWith(".py")) return startPythonClient(file, args, delivery);
  return startModule(new URL(`../clients/${file}`, import.meta.url), args);
}
