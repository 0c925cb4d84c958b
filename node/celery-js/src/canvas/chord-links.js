/**
 * What links a chord to the rest of its workflow: the options, callbacks and results that its parts get. Links that would make
 * the messages grow with every level are removed.
 */
import { Group } from "./group.js";
import { listOf } from "./options.js";
import { toSignature } from "./signature-types.js";

/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 */

/**
 * The options that a chain passes to its first task. It handles the others itself.
 *
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export function firstTaskOptions({
  chord,
  groupId,
  groupIndex,
  link,
  linkError,
  parentId,
  rootId,
  taskId,
  ...options
}) {
  return options;
}

/**
 * The options that a chord passes to its body, whose parent is the task of the header that sends it.
 *
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export const bodyOptions = ({ parentId: _, ...options }) => options;

/**
 * @param {Signature | null} body
 * @returns {boolean} whether it is a chain that begins with a single task
 */
export function isChainLedByTask(body) {
  if (body?.subtaskType !== "chain") return false;
  const [first] = /** @type {Signature[]} */ (body.kwargs.tasks);
  return first !== undefined && !(first instanceof Group);
}

/**
 * Removes the copies of a chord's body from its header tasks, in a signature that is about to be sent: the chord itself keeps the
 * body, and gives it back to the tasks when it is sent (`celery.canvas._strip_chord_header_links`).
 *
 * @param {Signature} signature
 */
export function stripHeaderLinks(signature) {
  const { header, body, tasks } = membersOf(signature);
  if (signature.subtaskType === "chord") {
    if (header instanceof Group) clearChord(header);
    const parts = header instanceof Group ? header.tasks : header;
    for (const task of parts) {
      clearChord(task);
      stripHeaderLinks(task);
    }
    if (body !== null) stripHeaderLinks(body);
  } else if (signature.subtaskType === "group" || signature.subtaskType === "chain") {
    for (const task of tasks) stripHeaderLinks(task);
  }
}

/** @param {Signature} signature */
function clearChord(signature) {
  delete signature.options.chord;
  const { body, tasks } = membersOf(signature);
  if (signature.subtaskType === "group") tasks.forEach(clearChord);
  else if (signature.subtaskType === "chain" && tasks.length > 0) clearChord(tasks[tasks.length - 1]);
  else if (signature.subtaskType === "chord" && body !== null) clearChord(body);
}

/** @param {Signature} signature */
const membersOf = ({ kwargs }) =>
  /** @type {{ header: Signature[] | Group, body: Signature | null, tasks: Signature[] }} */ (kwargs);

/**
 * Moves `link` and `linkError` of a chord to its body (`_chord._add_body_callbacks`).
 *
 * @param {Signature} original
 * @param {SendOptions} options
 * @returns {Signature} a copy where there is anything to link
 */
export function withCallbacks(original, { link, linkError }) {
  const [callbacks, errbacks] = [listOf(link), listOf(linkError)];
  if (callbacks.length + errbacks.length === 0) return original;
  const body = cloneWithMembers(original);
  for (const callback of callbacks) {
    const copy = cloneWithMembers(toSignature(callback, body.ownApp));
    if (body instanceof Group && body.tasks.length === 0) body.addToList("link", copy);
    else body.link(copy);
  }
  for (const errback of errbacks) {
    if (body instanceof Group) linkErrorToTasks(body, toSignature(errback, body.ownApp));
    else body.addToList("linkError", errback);
  }
  return body;
}

/**
 * `celery.canvas._clone_with_members`: cloning leaves the tasks of a group what they are.
 *
 * @param {Signature} signature
 * @returns {Signature}
 */
function cloneWithMembers(signature) {
  const copy = signature.clone();
  if (copy instanceof Group) copy.tasks = copy.tasks.map(cloneWithMembers);
  else if (copy.subtaskType === "chord") {
    const { body } = membersOf(copy);
    if (body !== null) copy.kwargs.body = cloneWithMembers(body);
  }
  return copy;
}

/**
 * `celery.canvas._link_error_to_body_tasks`.
 *
 * @param {Signature} signature
 * @param {Signature} errback
 * @param {boolean} [runsAsGroup]
 */
function linkErrorToTasks(signature, errback, runsAsGroup = true) {
  if (signature instanceof Group) {
    if (runsAsGroup && signature.options.linkError != null) signature.addToList("linkError", errback.clone());
    else for (const task of signature.tasks) linkErrorToTasks(task, errback, false);
  } else if (signature.subtaskType === "chord") {
    const { body } = membersOf(signature);
    if (body !== null) linkErrorToTasks(body, errback);
  } else {
    signature.linkError(errback.clone());
  }
}

/**
 * Makes a result the parent of the topmost result that has none.
 *
 * @param {AnyResult} result
 * @param {AnyResult} parent
 */
export function setFirstParent(result, parent) {
  let node = result;
  const seen = new Set();
  while (node.parent) {
    if (seen.has(node.id)) throw new Error("Recursive result parents");
    seen.add(node.id);
    node = node.parent;
  }
  node.parent = parent;
}
