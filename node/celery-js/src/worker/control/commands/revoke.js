/** Revoking tasks: waiting tasks do not start, and running tasks are stopped on request. */
import { listOf } from "../../../canvas/options.js";
import { MAX_ID_BYTES } from "../../../protocol/decode-envelope.js";
import { pythonRepr } from "../../../protocol/repr.js";
import { MAX_IDS } from "../../model/revocations.js";
import { ok } from "../state.js";
import { SIGNAL, TASK_IDS } from "../task-ids.js";

/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */

/** How much of the ids a log line shows. */
const SHOWN = 1_000;
/** How many characters of ids or stamps an answer repeats. */
const MAX_ANSWER = 1_000_000;

/** @type {readonly ControlCommand[]} */
export const REVOKE = [
  {
    name: "revoke",
    type: "control",
    required: ["task_id"],
    kinds: { task_id: TASK_IDS, signal: SIGNAL },
    optional: ["terminate", "signal"],
    isOpen: true,
    run: (state, { task_id: taskId, terminate = false, signal = null }) => revoke(state, taskId, terminate, signal),
  },
  {
    name: "terminate",
    type: "control",
    required: ["signal", "task_id"],
    kinds: { task_id: TASK_IDS, signal: SIGNAL },
    isOpen: true,
    run: (state, { task_id: taskId, signal }) => revoke(state, taskId, true, signal),
  },
  {
    name: "revoke_by_stamped_headers",
    type: "control",
    required: ["headers"],
    kinds: { signal: SIGNAL },
    optional: ["terminate", "signal"],
    isOpen: true,
    run: revokeByStamps,
  },
];

/**
 * @param {ControlState} state
 * @param {unknown} taskId one, or a list
 * @param {boolean} terminate
 * @param {unknown} signal
 */
async function revoke(state, taskId, terminate, signal) {
  const ids = new Set(listOf(taskId).map(String));
  const { revocations, revokedStates, dispatcher, log } = state;
  revocations.add(ids);
  const running = new Set(dispatcher.requests.active.map(({ message }) => message.id));
  await revokedStates.store([...ids].filter((id) => !running.has(id)));
  if (!terminate) {
    log.info(`Tasks flagged as revoked: ${[...ids].join(", ").slice(0, SHOWN)}`);
    return ok(`tasks ${pythonRepr(ids, MAX_ANSWER)} flagged as revoked`);
  }
  const { active, reserved, scheduled } = dispatcher.requests;
  const held = new Set([...active, ...reserved, ...scheduled].map(({ message }) => message.id));
  const terminated = [...ids].filter((id) => held.has(id));
  for (const id of terminated) stop(state, id, signal);
  return ok(terminated.length > 0 ? `terminate: ${terminated.join(", ")}` : "terminate: tasks unknown");
}

/**
 * @param {ControlState} state
 * @param {string} id of a task that this worker has
 * @param {unknown} signal
 */
function stop({ dispatcher, log }, id, signal) {
  log.info(`Terminating ${id} (${signalName(signal)})`);
  dispatcher.terminate(id, signalName(signal));
}

/**
 * @param {ControlState} state
 * @param {import("../panel.js").Arguments} args
 */
function revokeByStamps(state, { headers, terminate = false, signal = null }) {
  const { revocations, dispatcher } = state;
  const given = /** @type {Record<string, unknown>} */ (Array.isArray(headers) ? pairsIn(headers) : headers);
  const wanted = checkedStamps(given);
  for (const [header, stamps] of wanted) revocations.addStamps(header, [...stamps]);
  const shown = pythonRepr(given, MAX_ANSWER);
  if (!terminate) return ok(`headers ${shown} flagged as revoked, but not terminated`);
  /** @type {Map<string, Set<unknown>>} */
  const terminated = new Map();
  for (const { message } of dispatcher.requests.active) {
    for (const header of Object.keys(message.stamps)) {
      const stamps = wanted.get(header);
      const matching = stamps === undefined ? [] : listOf(message.stamps[header]).filter((stamp) => stamps.has(stamp));
      if (matching.length === 0) continue;
      const before = terminated.get(header) ?? new Set();
      for (const stamp of matching) before.add(stamp);
      terminated.set(header, before);
      stop(state, message.id, signal);
    }
  }
  if (terminated.size === 0) return ok(`headers ${shown} were not terminated`);
  const found = Object.fromEntries([...terminated].map(([header, stamps]) => [header, [...stamps]]));
  return ok(`headers ${pythonRepr(found, MAX_ANSWER)} revoked`);
}

/**
 * @param {Record<string, unknown>} headers
 * @returns {Map<string, Set<unknown>>} header -> stamps
 * @throws {TypeError} for more or longer ones than a worker remembers
 */
function checkedStamps(headers) {
  const wanted = new Map(Object.entries(headers).map(([header, stamps]) => [header, new Set(listOf(stamps))]));
  let count = 0;
  for (const [header, stamps] of wanted) {
    count += stamps.size;
    const isShort = header.length <= MAX_ID_BYTES && [...stamps].every(isStamp);
    if (isShort && count <= MAX_IDS) continue;
    const takes = `at most ${MAX_IDS} stamps: numbers, and strings of at most ${MAX_ID_BYTES} characters`;
    throw new TypeError(`revoke_by_stamped_headers() argument 'headers' must be ${takes}`);
  }
  return wanted;
}

/** @param {unknown} stamp null is none, as in a task's message */
const isStamp = (stamp) =>
  typeof stamp === "string" ? stamp.length <= MAX_ID_BYTES : typeof stamp !== "object" || stamp === null;

/** @param {unknown[]} texts such as "header=stamp" */
const pairsIn = (texts) => Object.fromEntries(texts.map((text) => String(text).split("=", 2)));

/**
 * @param {unknown} signal a name, with SIG or without, a number, or nothing
 * @returns {string}
 */
function signalName(signal) {
  const name = String(signal || "SIGTERM");
  return name.startsWith("SIG") ? name : `SIG${name}`;
}
