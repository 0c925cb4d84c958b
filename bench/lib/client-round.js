/** Measures one round of one client: a fresh server, and one client process that sends many tasks. */
import { once } from "node:events";
import { end, startModule, untilEnded } from "./processes.js";
import { startServer } from "./server.js";

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {string} file in clients/
 * @property {string} mode as the file knows it
 * @property {string} list that the server keeps the tasks in
 */

/**
 * @param {Client} client
 * @param {number} count tasks
 * @param {import("./workers.js").StartWorker} [start] a worker for them; without one they are counted in the server
 * @returns {Promise<Record<string, number>>} what the client reports
 * @throws {Error} when a process ends, or the server does not have the tasks
 */
export async function clientRound({ name, file, mode, list }, count, start) {
  const server = await startServer();
  const children = [];
  try {
    const worker = start?.(server.port, 50);
    if (worker) children.push(worker.child);
    await Promise.race([worker?.begin(), server.failed]);
    const child = startModule(new URL(`../clients/${file}`, import.meta.url), [`${server.port}`, mode, `${count}`]);
    children.push(child);
    const failed = children.map((process) => untilEnded(process, name));
    await Promise.race([once(child, "message"), server.failed, ...failed]);
    child.send("start");
    const [figures] = await Promise.race([once(child, "message"), server.failed, ...failed]);
    const sent = start ? count : await server.client.llen(list);
    if (sent !== count) throw new Error(`${name} sent ${sent} of ${count} tasks`);
    return figures;
  } finally {
    await Promise.all(children.map(end));
    await server.stop();
  }
}
