/** Commands that show a worker's tasks and messages. */
import { listOf } from "../../../canvas/options.js";
import { pythonRepr, pythonTupleRepr } from "../../../protocol/repr.js";
import { ATTRIBUTES } from "../../../tasks/attributes.js";
import { ShownArguments } from "../shown-arguments.js";

/** @typedef {import("../panel.js").ControlCommand} ControlCommand */

/** The attributes that `registered` shows by default. */
const DEFAULT_ITEMS = ["exchange", "routing_key", "rate_limit"];
/** How many of them may be asked for, of every task. Python's workers have the same limit. */
const MAX_ITEMS = 100;
/** kombu's timer gives every eta this priority. */
const ETA_PRIORITY = 6;

/** @type {readonly ControlCommand[]} */
export const INSPECT_TASKS = [
  {
    name: "active",
    alias: "dump_active",
    type: "inspect",
    optional: ["safe"],
    isOpen: true,
    run: ({ dispatcher, hostname }, { safe }) => {
      const shown = new ShownArguments();
      return dispatcher.requests.active.map((request) => infoOf(request, hostname, shown.of(request, safe)));
    },
  },
  {
    name: "reserved",
    alias: "dump_reserved",
    type: "inspect",
    isOpen: true,
    run: ({ dispatcher, hostname }) => {
      const shown = new ShownArguments();
      return dispatcher.requests.reserved.map((request) => infoOf(request, hostname, shown.of(request)));
    },
  },
  {
    name: "scheduled",
    alias: "dump_schedule",
    type: "inspect",
    isOpen: true,
    run: ({ dispatcher, hostname }) => {
      const shown = new ShownArguments();
      return dispatcher.requests.scheduled.map((request) => ({
        eta: request.message.eta,
        priority: ETA_PRIORITY,
        request: infoOf(request, hostname, shown.of(request)),
      }));
    },
  },
  {
    name: "query_task",
    type: "inspect",
    required: ["ids"],
    isOpen: true,
    run: ({ dispatcher, hostname }, { ids }) => {
      const wanted = new Set(listOf(ids));
      const shown = new ShownArguments();
      const found = Object.entries(dispatcher.requests).flatMap(([state, requests]) =>
        requests
          .filter(({ message }) => wanted.has(message.id))
          .map((request) => [request.message.id, [state, infoOf(request, hostname, shown.of(request))]]),
      );
      return Object.fromEntries(found);
    },
  },
  {
    name: "registered",
    alias: "dump_tasks",
    type: "inspect",
    optional: ["taskinfoitems", "builtins"],
    isOpen: true,
    run: ({ app, rateLimits }, { taskinfoitems, builtins = false }) => {
      const given = listOf(taskinfoitems);
      if (given.length > MAX_ITEMS) {
        throw new TypeError(`registered() argument 'taskinfoitems' must be an array of at most ${MAX_ITEMS} names`);
      }
      const items = (given.length > 0 ? given : DEFAULT_ITEMS).filter(
        (item) => typeof item === "string" && !item.startsWith("_"),
      );
      const names = app.tasks.names().filter((name) => builtins || !name.startsWith("celery."));
      return names.map((name) => {
        const task = app.tasks.get(name);
        return describe(task, rateLimits.rateOf(task), /** @type {string[]} */ (items));
      });
    },
  },
  {
    name: "revoked",
    alias: "dump_revoked",
    type: "inspect",
    isOpen: true,
    run: ({ revocations }) => revocations.ids,
  },
];

/**
 * As Celery's `_extract_info` (`celery.worker.control.registered`).
 *
 * @param {import("../../model/types.js").RegisteredTask} task
 * @param {import("../../intake/token-bucket.js").Rate} rateLimit in force now
 * @param {string[]} items attributes by Celery's names
 */
function describe(task, rateLimit, items) {
  const { name } = task;
  /** @type {Record<string, unknown>} */
  const known = { name, ...Object.fromEntries(ATTRIBUTES.map((each) => [each, task[each]])), rateLimit };
  const fields = items.flatMap((item) => {
    const text = asText(known[item.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())]);
    return text === null ? [] : [`${item}=${text}`];
  });
  return fields.length > 0 ? `${name} [${fields.join(" ")}]` : name;
}

/**
 * @param {unknown} value
 * @returns {string | null} as Python's `str`; null for what Python does not have
 */
function asText(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return pythonRepr(value);
  if (!Array.isArray(value)) return null;
  return pythonTupleRepr(value.map((each) => (typeof each === "function" ? each.name : each)));
}

/**
 * How answers describe a message (`celery.worker.request.Request.info`).
 *
 * @param {import("../../../execution/request.js").Request} request
 * @param {string} hostname of this worker
 * @param {{ args: unknown, kwargs: unknown }} shown
 */
function infoOf({ message, task, execution, acknowledged }, hostname, { args, kwargs }) {
  const { id, name, deliveryInfo } = message;
  return {
    id,
    name,
    args,
    kwargs,
    type: task.name,
    hostname,
    time_start: execution === null ? null : (performance.timeOrigin + execution.startedAtMs) / 1000,
    acknowledged,
    delivery_info: deliveryInfo,
    worker_pid: execution === null ? null : process.pid,
  };
}
