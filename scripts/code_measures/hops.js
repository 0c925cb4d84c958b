/**
 * Finds the files of celery-js that a message passes through, with V8's coverage of real processes: files with a function that
 * is called while a message is sent, from its taking by an idle worker to the task's function, and from there until its result
 * is stored.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROBE = new URL("./probe.js", import.meta.url);

/** @returns {Promise<{ send: string[], take: string[], back: string[] }>} paths below src/, in order of their names */
export async function hops() {
  const folder = mkdtempSync(join(tmpdir(), "hops-"));
  const socket = join(folder, "valkey.sock");
  const program = process.env.VALKEY_SERVER ?? "valkey-server";
  const server = spawn(program, ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]);
  server.stdout.resume();
  const url = `redis+socket://${socket}`;
  const worker = fork(PROBE, ["worker", url], { silent: true }); // its log is of no interest
  try {
    await once(worker, "message"); // it consumes
    const told = once(worker, "message");
    const client = fork(PROBE, ["client", url]);
    const [{ send }] = /** @type {any} */ (await once(client, "message"));
    const [{ take, back }] = /** @type {any} */ (await told);
    return { send, take, back };
  } finally {
    worker.kill();
    server.kill();
    await once(server, "close");
    rmSync(folder, { recursive: true });
  }
}
