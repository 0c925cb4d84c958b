/** Events as lines of text (celery.events.dumper.Dumper). */
import { pythonText } from "../python-text.js";

/** Celery's words for a worker's events; those of tasks are their types, without the hyphen. */
const HUMAN_TYPES = new Map([
  ["worker-offline", "shutdown"],
  ["worker-online", "started"],
  ["worker-heartbeat", "heartbeat"],
]);
/** How many tasks are remembered, for events that do not name their task. */
const REMEMBERED_TASKS = 4095;

export class Dumper {
  /** What was called, by the task's id, the oldest first. @type {Map<string, string>} */
  #calls = new Map();

  /**
   * @param {import("../../protocol/events.js").CeleryEvent} event
   * @returns {string} one line
   */
  line({ timestamp, type, hostname, ...fields }) {
    const kind = type.toLowerCase();
    const head = `${hostname} [${moment(timestamp)}] ${HUMAN_TYPES.get(kind) ?? kind.replaceAll("-", " ")}`;
    if (!kind.startsWith("task-")) return joined(head, fields, "");
    const { uuid, ...rest } = fields;
    if (kind !== "task-received" && kind !== "task-sent") {
      return joined(head, rest, `${this.#calls.get(String(uuid)) ?? ""} `);
    }
    const { name, args, kwargs, ...others } = rest;
    const call = `${pythonText(name)}(${uuid}) args=${pythonText(args)} kwargs=${pythonText(kwargs)}`;
    this.#remember(String(uuid), call);
    return joined(head, others, `${call} `);
  }

  /**
   * @param {string} id
   * @param {string} call
   */
  #remember(id, call) {
    this.#calls.delete(id);
    this.#calls.set(id, call);
    if (this.#calls.size > REMEMBERED_TASKS) this.#calls.delete(this.#calls.keys().next().value ?? "");
  }
}

/**
 * @param {string} head
 * @param {Record<string, unknown>} fields
 * @param {string} call
 * @returns {string}
 */
function joined(head, fields, call) {
  const names = Object.keys(fields).sort();
  const text = names.map((name) => `${name}=${pythonText(fields[name])}`).join(", ");
  return `${head}${text && ":"} ${call}${text}`;
}

/**
 * @param {unknown} timestamp in seconds since the epoch
 * @returns {string} as Python prints a datetime in UTC
 */
function moment(timestamp) {
  const since = Number(timestamp);
  if (!Number.isFinite(since) || !Number.isSafeInteger(Math.round(since * 1e6))) return pythonText(timestamp);
  // The fraction by itself, as Python rounds it: times a million, the whole would be rounded before.
  const microseconds = roundHalfEven((since - Math.floor(since)) * 1e6);
  const seconds = Math.floor(since) + Math.floor(microseconds / 1e6);
  const fraction = microseconds % 1e6;
  const [day, time] = new Date(seconds * 1000).toISOString().slice(0, 19).split("T");
  return `${day} ${time}${fraction ? `.${String(fraction).padStart(6, "0")}` : ""}+00:00`;
}

/**
 * @param {number} number not negative
 * @returns {number}
 */
function roundHalfEven(number) {
  const whole = Math.floor(number);
  if (number - whole !== 0.5) return Math.round(number);
  return whole % 2 === 0 ? whole : whole + 1;
}
