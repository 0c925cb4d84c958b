/** Sends the members of a group, and counts those that report to its chord. */
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { mergeOver, withoutNulls, withProperties } from "./options.js";
import { persistently } from "./persistence.js";
import { placed, Signature } from "./signature.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./current-app.js").Series} Series
 *
 * @typedef {object} Member
 * @property {AnySignature} task with its id
 * @property {AnyResult} result
 * @property {Series | null} series null for a member that sends itself
 * @property {import("./types.js").Place} place
 */

/** Copies or messages that are made in one turn of the event loop: a large group must not hold up its process. */
export const TASKS_A_TURN = 100;

/**
 * Gives a task its id. A single task stays as it is, as a copy of each would fill the memory of a large group; a workflow, which
 * changes when it is sent, is copied.
 *
 * @param {CanvasApp} app
 * @param {AnySignature} task
 * @param {import("./types.js").Place} place
 * @param {Series | null} series
 * @returns {Member}
 */
export function memberOf(app, task, place, series) {
  if (series === null || task.constructor !== Signature) {
    const copy = task.clone();
    return { task: copy, result: copy.freeze(place), series: null, place };
  }
  const result = app.AsyncResult(task.id ?? randomUUID());
  result.taskName = task.task;
  return { task, result, series, place };
}

/**
 * Sends the tasks in their order. A chord's size is known before any of them can have ended.
 *
 * @param {CanvasApp} app
 * @param {Member[]} members
 * @param {string} groupId
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 */
export async function sendMembers(app, members, groupId, args, { chord = null, groupIndex: _, ...options }) {
  const chords = members.map(({ task }) => chord ?? task.options.chord ?? null);
  if (chords.length > 0 && chords[chords.length - 1] !== null) {
    const size = members.reduce((sum, { task }) => sum + chordSize(task), 0);
    await persistently(async () => app.backend.chords?.setSize(groupId, size));
  }
  const send = sender(args, { ...withoutNulls(options), addToParent: false });
  /** Messages that travel together share a promise. @type {Set<Promise<unknown>>} */
  const sends = new Set();
  for (const [i, member] of members.entries()) {
    const sent = send(member, chords[i]);
    if (!sends.has(sent)) sent.catch(() => {}); // thrown below
    sends.add(sent);
    if ((i + 1) % TASKS_A_TURN === 0) await nextTurn();
    // Plain tasks are on their way at once, in their order; what has to ask the server first comes before the next one.
    if (!isPlain(member.task) && (await Promise.allSettled([sent]))[0].status === "rejected") break;
  }
  // Wait for all of them before throwing the error of one, so that none is still being sent.
  await Promise.allSettled(sends);
  await Promise.all(sends);
}

/**
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 * @returns {(member: Member, chord: SendOptions["chord"]) => Promise<unknown>} sends a member; resolves once the broker has its first
 *   messages
 */
function sender(args, given) {
  /** The last single task's own options, and its chord. @type {[SendOptions, unknown] | null} */
  let last = null;
  /** What they became, which is the same for most of a group's tasks. @type {SendOptions} */
  let options = {};
  /** The same with the options of Celery's that travel on as message properties. @type {[Record<string, unknown>, SendOptions]} */
  let [foreign, sending] = [{}, options];
  return ({ task, result, series, place }, chord) => {
    if (series === null) return task.applyAsync(args, chord === null ? given : { ...given, chord });
    if (last === null || last[1] !== chord || !isSame(last[0], task.options)) {
      last = [task.options, chord];
      const own = placed({ ...task.options }, { ...place, id: result.id });
      options = mergeOver(own, chord === null ? given : { ...given, chord });
      [foreign, sending] = [task.foreign, withProperties(task.foreign, options)];
    }
    if (!isSame(foreign, task.foreign)) [foreign, sending] = [task.foreign, withProperties(task.foreign, options)];
    const { args: all, kwargs } = task.mergeArguments(args, given.kwargs ?? {});
    return series.send(task.task, all, sending, {
      kwargs,
      taskId: result.id,
      groupIndex: place.groupIndex ?? undefined,
    });
  };
}

/**
 * @param {Readonly<Record<string, unknown>>} a
 * @param {Readonly<Record<string, unknown>>} b
 * @returns {boolean} whether both have the same members
 */
function isSame(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/**
 * @param {AnySignature} task
 * @returns {boolean} whether its first message leaves without waiting for anything
 */
function isPlain({ subtaskType, task, kwargs }) {
  if (subtaskType === "chain") return isPlain(/** @type {AnySignature[]} */ (kwargs.tasks)[0]);
  return subtaskType === null && task !== "celery.chunks";
}

/**
 * @param {AnySignature} signature a part of a chord's header
 * @returns {number} how many of its tasks report to the chord (`celery.canvas._chord._descend`)
 */
function chordSize({ subtaskType, kwargs }) {
  const { tasks, body } = /** @type {{ tasks: AnySignature[], body: AnySignature | null }} */ (kwargs);
  switch (subtaskType) {
    case "group":
      return tasks.reduce((sum, task) => sum + chordSize(task), 0);
    case "chain":
      // The last one reports; what is empty cannot.
      return (
        tasks
          .toReversed()
          .map(chordSize)
          .find((size) => size > 0) ?? 0
      );
    case "chord":
      return body === null ? 0 : chordSize(body);
    default:
      return 1;
  }
}
