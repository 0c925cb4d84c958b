/**
 * The first commands on a connection: AUTH, SELECT, CLIENT SETNAME and PING, in one round trip, before any other command may use
 * it. Guarantee: it resolves only if the server has accepted every step that decides where commands go and as whom.
 */
import { Refusal } from "../errors.js";
import { isForbidden, isPassing, scopeOf } from "./replies.js";
import { ask, closed, collect, encodeCommand, unexpected } from "./resp.js";

/** A server that answers with more than this does not speak our protocol. */
const LONGEST_ANSWER = 4_096;

/** Raised when a server refuses a connection: a wrong password, a database it does not have, an untrusted certificate. */
export class ConnectionRefused extends Refusal {
  /**
   * @param {string} message
   * @param {{ cause?: unknown, isTemporary: boolean }} options
   */
  constructor(message, { cause, isTemporary }) {
    super(message, { cause, scope: scopeOf(message) });
    this.isTemporary = isTemporary;
  }
}

/**
 * @typedef {object} Step
 * @property {string} label shown in errors: the command without its secrets
 * @property {string[]} command
 * @property {boolean} [isOptional] a refusal is a warning
 *
 * @param {{ username?: string, password?: string, db: number, name: string }} who
 * @returns {Step[]}
 */
function stepsOf({ username, password, db, name }) {
  /** @type {Step[]} */
  const steps = [];
  // By name, as redis-py does: a server without passwords accepts any from its default user, and refuses one without a name.
  if (username !== undefined || password !== undefined) {
    steps.push({ label: "AUTH", command: ["AUTH", username ?? "default", password ?? ""] });
  }
  if (db !== 0) steps.push({ label: `SELECT ${db}`, command: ["SELECT", String(db)] });
  steps.push({ label: "CLIENT SETNAME", command: ["CLIENT", "SETNAME", name], isOptional: true });
  // Servers answer PING only when they would also answer other commands: not while they load, not as a cut-off replica.
  steps.push({ label: "PING", command: ["PING"] });
  return steps;
}

/**
 * @param {import("node:stream").Duplex} socket connected
 * @param {{ username?: string, password?: string, db: number, name: string }} who
 * @returns {Promise<string[]>} warnings; the socket is then paused, with no unread data
 * @throws {ConnectionRefused} the server's refusal; `isTemporary` when it passes
 * @throws {Error} when the connection ends, or the server speaks another protocol
 */
export async function shakeHands(socket, who) {
  const steps = stepsOf(who);
  const answers = readLines(socket, steps.length);
  socket.write(steps.map(({ command }) => encodeCommand(command)).join(""));
  const warnings = [];
  for (const [i, line] of (await answers).entries()) {
    const { label, isOptional } = steps[i];
    if (line.startsWith("+")) continue;
    if (!line.startsWith("-")) throw new Error(`unexpected answer to ${label}: ${JSON.stringify(line.slice(0, 80))}`);
    const message = line.slice(1);
    if (isOptional && !isPassing(message)) warnings.push(`${label}: ${message}`);
    else throw new ConnectionRefused(`${label}: ${message}`, { isTemporary: isPassing(message) });
  }
  return warnings;
}

/**
 * @param {import("node:stream").Duplex} socket after its handshake
 * @returns {Promise<void>} rejects when it is a replica's: a sentinel may have named an old primary
 */
export async function checkPrimary(socket) {
  const reply = await ask(socket, ["ROLE"]).catch((/** @type {Error} */ error) => {
    // Without this right there is no check, and the first write finds out.
    if (isForbidden(error)) return ["master"];
    throw error;
  });
  const role = Array.isArray(reply) ? reply[0] : reply;
  if (role !== "master") throw new Error("the server that the sentinels name is not a primary (not yet, or no longer)");
}

/**
 * @param {import("node:stream").Duplex} socket
 * @param {number} count
 * @returns {Promise<string[]>} the first lines; fewer if the first line is a refusal after which the server closes
 */
function readLines(socket, count) {
  const read = (/** @type {string} */ text) => {
    const lines = text.split("\r\n");
    const rest = lines.pop() ?? "";
    const isTooMuch = lines.length > count || (lines.length === count && rest !== "");
    if (isTooMuch || text.length > LONGEST_ANSWER) unexpected(text);
    return lines.length === count ? lines : null;
  };
  const readRest = (/** @type {string} */ text) => {
    const lines = text.split("\r\n").slice(0, -1);
    // "max number of clients reached" is sent once, whatever was asked.
    return lines[0]?.startsWith("-") ? lines : closed();
  };
  return collect(socket, read, readRest);
}
