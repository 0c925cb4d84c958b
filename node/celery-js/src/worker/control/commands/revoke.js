/** Revoking tasks: waiting tasks do not start, and running tasks are stopped on request. */
import { listOf } from "../../../canvas/options.js";
import { TaskRevokedError } from "../../../errors.js";
import { toError } from "../../../protocol/exceptions.js";
import { pythonRepr } from "../../../protocol/repr.js";
import { encodeMeta } from "../../../protocol/result-encoder.js";
import { REVOKED } from "../../../protocol/states.js";
import { TEXT_OR_TEXTS } from "../../../validation/kinds.js";
import { matchingStamps } from "../../model/revocations.js";
import { ok } from "../state.js";

/**
 * @typedef {import("../state.js").ControlState} ControlState
 * @typedef {import("../panel.js").ControlCommand} ControlCommand
 */

/** States of a task that no worker has started: it is stored as revoked at once. */
const NOT_STARTED = ["PENDING", "RECEIVED", "RETRY", "REJECTED"];

/** @type {readonly ControlCommand[]} */
export const REVOKE = [
  {
    name: "revoke",
    type: "control",
    required: ["task_id"],
    kinds: { task_id: TEXT_OR_TEXTS },
    optional: ["terminate", "signal"],
    isOpen: true,
    run: (state, { task_id: taskId, terminate = false, signal = null }) => revoke(state, taskId, terminate, signal),
  },
  {
    name: "terminate",
    type: "control",
    required: ["signal", "task_id"],
    kinds: { task_id: TEXT_OR_TEXTS },
    isOpen: true,
    run: (state, { task_id: taskId, signal }) => revoke(state, taskId, true, signal),
  },
  {
    name: "revoke_by_stamped_headers",
    type: "control",
    required: ["headers"],
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
  const ids = [...new Set(listOf(taskId).map(String))];
  const { revocations, dispatcher, log } = state;
  revocations.add(ids);
  const running = new Set(dispatcher.requests.active.map(({ message }) => message.id));
  for (const id of ids) if (!running.has(id)) await markAsRevoked(state, id);
  if (!terminate) {
    log.info(`Tasks flagged as revoked: ${ids.join(", ")}`);
    const set = ids.length === 0 ? "set()" : `{${ids.map((id) => pythonRepr(id)).join(", ")}}`;
    return ok(`tasks ${set} flagged as revoked`);
  }
  const terminated = ids.filter((id) => stop(state, id, signal));
  return ok(terminated.length > 0 ? `terminate: ${terminated.join(", ")}` : "terminate: tasks unknown");
}

/**
 * @param {ControlState} state
 * @param {string} id
 * @param {unknown} signal
 * @returns {boolean} whether this worker has it
 */
function stop({ dispatcher, log }, id, signal) {
  const { active, reserved, scheduled } = dispatcher.requests;
  if (![...active, ...reserved, ...scheduled].some(({ message }) => message.id === id)) return false;
  log.info(`Terminating ${id} (${signalName(signal)})`);
  dispatcher.terminate(id, signalName(signal));
  return true;
}

/**
 * @param {ControlState} state
 * @param {string} id the id of a task that does not run here
 */
async function markAsRevoked({ app, log }, id) {
  try {
    const meta = await app.backend.get(id);
    // A worker that has started it, or has its result, decides.
    if (meta !== null && !NOT_STARTED.includes(meta.status)) return;
    const revoked = { taskId: id, groupId: null, parentId: null, result: new TaskRevokedError("revoked") };
    await app.backend.storeText(id, encodeMeta({ status: REVOKED, ...revoked }));
  } catch (error) {
    log.warn(`Failed to mark task ${id} as revoked in backend: ${toError(error).message}`);
  }
}

/**
 * @param {ControlState} state
 * @param {import("../panel.js").Arguments} args
 */
function revokeByStamps(state, { headers, terminate = false, signal = null }) {
  const { revocations, dispatcher } = state;
  const wanted = /** @type {Record<string, unknown>} */ (Array.isArray(headers) ? pairsIn(headers) : headers);
  for (const [header, stamps] of Object.entries(wanted)) revocations.addStamps(header, listOf(stamps));
  const shown = pythonRepr(wanted);
  if (!terminate) return ok(`headers ${shown} flagged as revoked, but not terminated`);
  /** @type {Record<string, unknown[]>} */
  const terminated = {};
  for (const { message } of dispatcher.requests.active) {
    for (const [header, stamps] of Object.entries(wanted)) {
      const matching = matchingStamps(message.stamps[header], listOf(stamps));
      if (matching.length === 0) continue;
      terminated[header] = [...new Set([...(terminated[header] ?? []), ...matching])];
      stop(state, message.id, signal);
    }
  }
  if (Object.keys(terminated).length === 0) return ok(`headers ${shown} were not terminated`);
  return ok(`headers ${pythonRepr(terminated)} revoked`);
}

/** @param {unknown[]} texts such as "header=stamp" */
const pairsIn = (texts) => Object.fromEntries(texts.map((text) => String(text).split("=", 2)));

/**
 * @param {unknown} signal a name, with SIG or without, or nothing
 * @returns {string}
 */
function signalName(signal) {
  const name = String(signal ?? "SIGTERM");
  return name.startsWith("SIG") ? name : `SIG${name}`;
}
