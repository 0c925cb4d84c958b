/**
 * The commands that a worker obeys (`celery.worker.control.Panel`): Celery's own and an app's. Errors in a command's
 * arguments use Python's words, which Celery's tools show.
 */
import { clipped } from "../../validation/clip.js";
import { show } from "../../validation/kinds.js";
import { INSPECT_TASKS } from "./commands/inspect-tasks.js";
import { INSPECT_WORKER } from "./commands/inspect-worker.js";
import { POOL } from "./commands/pool.js";
import { QUEUES } from "./commands/queues.js";
import { REVOKE } from "./commands/revoke.js";
import { TASKS } from "./commands/tasks.js";
import { WORKER } from "./commands/worker.js";

/**
 * @typedef {object} ControlCommand
 * @property {string} name
 * @property {"control" | "inspect"} type an inspection changes nothing
 * @property {string} [alias] an older name
 * @property {readonly string[]} [required] arguments that must be given
 * @property {readonly string[]} [optional] arguments that may be given
 * @property {Readonly<Record<string, import("../../validation/kinds.js").Kind>>} [kinds] the kinds of arguments for which
 *   another value would cause faults; an optional one takes `null` as well
 * @property {boolean} [isOpen] whether it accepts and ignores unknown arguments
 * @property {(state: import("./state.js").ControlState, args: Arguments) => unknown} run may return a promise
 */
/** @typedef {Record<string, any>} Arguments checked by `kinds`, or by the command itself */

/** How much of a wrong value an error shows. */
const SHOWN = 80;

export class Panel {
  /** @type {Map<string, ControlCommand>} */
  #commands = new Map();

  /** @param {Iterable<ControlCommand>} custom commands of the app, which come before Celery's */
  constructor(custom) {
    const builtin = [...INSPECT_TASKS, ...INSPECT_WORKER, ...TASKS, ...REVOKE, ...POOL, ...QUEUES, ...WORKER];
    for (const command of [...builtin, ...custom]) {
      this.#commands.set(command.name, command);
      if (command.alias) this.#commands.set(command.alias, command);
    }
  }

  /**
   * @param {string} name
   * @returns {ControlCommand | undefined}
   */
  get(name) {
    return this.#commands.get(name);
  }
}

/**
 * @param {ControlCommand} command
 * @param {Record<string, unknown>} args
 * @throws {TypeError} when one is missing, is not known, or is of the wrong kind
 */
export function checkArguments({ name, required = [], optional = [], kinds = {}, isOpen = false }, args) {
  const unknown = isOpen ? undefined : Object.keys(args).find((arg) => ![...required, ...optional].includes(arg));
  if (unknown !== undefined) throw new TypeError(`${name}() got an unexpected keyword argument '${clipped(unknown)}'`);
  const missing = required.filter((arg) => args[arg] === undefined);
  if (missing.length === 0) return checkKinds(name, required, kinds, args);
  const names = missing.map((arg) => `'${arg}'`);
  const listed = names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`;
  const what = `${missing.length} required positional argument${missing.length === 1 ? "" : "s"}`;
  throw new TypeError(`${name}() missing ${what}: ${listed}`);
}

/**
 * @param {string} command
 * @param {readonly string[]} required
 * @param {Readonly<Record<string, import("../../validation/kinds.js").Kind>>} kinds
 * @param {Record<string, unknown>} args
 * @throws {TypeError} for the first one of the wrong kind
 */
function checkKinds(command, required, kinds, args) {
  for (const [name, [takes, test]] of Object.entries(kinds)) {
    const value = args[name];
    if (value === undefined || (value === null && !required.includes(name)) || test(value)) continue;
    throw new TypeError(`${command}() argument '${name}' must be ${takes}, not ${show(value).slice(0, SHOWN)}`);
  }
}
