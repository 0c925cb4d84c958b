/**
 * Kill points of the Node worker: the process that first gets there kills itself, once. Loaded by Node's option `--import`
 * under a test's setting alone, and so in the keeper's thread as well. Nothing of it is in the product, whose commands are
 * watched on their way to the server.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const RUNTIME = new URL("../../node/celery-js/src/", import.meta.url);
const { Redis } = createRequire(RUNTIME)("ioredis");
const { kill_at: point, marker } = JSON.parse(process.env.CHAOS ?? "{}");

function die() {
  try {
    closeSync(openSync(marker, "wx"));
  } catch {
    return; // it has killed already
  }
  process.kill(process.pid, "SIGKILL");
}

/** @param {string} name of a script */
function isScript(name) {
  const text = readFileSync(new URL(`transport/redis/lua/${name}.lua`, RUNTIME), "utf8");
  const texts = [text, createHash("sha1").update(text).digest("hex")];
  return (/** @type {{ name: string, args: unknown[] }} */ command) =>
    ["eval", "evalsha"].includes(command.name) && texts.includes(String(command.args[0]));
}

/** @param {{ before?: (command: any) => void, after?: (command: any, reply: any) => void }} watch */
function watchCommands({ before, after }) {
  const { sendCommand } = Redis.prototype;
  Redis.prototype.sendCommand = function (/** @type {any} */ command, /** @type {any} */ stream) {
    before?.(command);
    if (after) command.promise.then((/** @type {any} */ reply) => after(command, reply)).catch(() => {});
    return sendCommand.call(this, command, stream);
  };
}

/** @param {string} name @param {(reply: any) => boolean} concerns */
function dieAfter(name, concerns) {
  const isIt = isScript(name);
  watchCommands({ after: (command, reply) => void (isIt(command) && concerns(reply) && die()) });
}

/**
 * Around the run itself it is the task that dies.
 *
 * @param {(self: any, parts: any, job: any) => Promise<unknown>} work
 * @returns {(self: any, parts: any, job: any) => Promise<unknown>} the same, with the kill point
 */
export function dying(work) {
  return async (self, parts = null, { ...job }) => {
    if (point === "before_run") die();
    const result = await work(self, parts, job);
    if (point === "after_run") die();
    return result;
  };
}

switch (point) {
  case "after_take":
    dieAfter("take", (reply) => reply.length > 2);
    break;
  case "after_result": {
    // With results in a separate database: they are stored before the messages are acknowledged.
    const isSettle = isScript("settle");
    watchCommands({ before: (command) => void (isSettle(command) && die()) });
    break;
  }
  case "in_sweep":
    dieAfter("sweep", (reply) => reply[2].length > 0);
    break;
}
