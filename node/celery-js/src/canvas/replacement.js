/** Prepares the signature that replaces a running task (`celery.app.task.Task.replace`). */
import { ImproperlyConfigured } from "../errors.js";
import { Chain } from "./chain.js";
import { Chord } from "./chord.js";
import { isChainLedByTask } from "./chord-links.js";
import { pipe, pipeAll } from "./compose.js";
import { Group } from "./group.js";
import { listOf } from "./options.js";
import { Signature, toSignature } from "./signature.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 *
 * @typedef {object} Replaced what of the running task's request goes over to its replacement
 * @property {string} id
 * @property {string | null} rootId
 * @property {string | null} group
 * @property {number | null} groupIndex
 * @property {readonly unknown[] | null} callbacks
 * @property {readonly unknown[] | null} errbacks
 * @property {readonly unknown[] | null} chain
 * @property {unknown} chord
 * @property {number} replacedTaskNesting
 */

/**
 * @param {import("./current-app.js").CanvasApp} app
 * @param {AnySignature} given
 * @param {Replaced} request
 * @returns {AnySignature} the signature to send, with the task's id, place and follow-ups
 * @throws {ImproperlyConfigured} for a part of a chord, or a chain without tasks
 */
export function replacementFor(app, given, request) {
  if (!(given instanceof Signature)) throw new TypeError("self.replace() takes a signature");
  if ("chord" in given.options) {
    throw new ImproperlyConfigured("A signature replacing a task must not be part of a chord");
  }
  if (given instanceof Chain && given.tasks.length === 0) {
    throw new ImproperlyConfigured("Cannot replace with an empty chain");
  }
  const whole = withOneResult(app, given);
  const signature = request.chord ? withReportingEnd(app, whole) : whole;
  for (const callback of request.callbacks ?? []) signature.link(toSignature(callback, app));
  for (const errback of request.errbacks ?? []) signature.linkError(toSignature(errback, app));
  if (signature instanceof Chain) moveLinks(signature);
  signature.freeze({ id: request.id });
  const replacedTaskNesting = request.replacedTaskNesting + 1;
  const { chord, group: groupId, groupIndex, rootId } = request;
  signature.set({ chord, groupId, groupIndex, rootId, replacedTaskNesting });
  if (signature instanceof Chain) for (const task of signature.tasks) task.set({ replacedTaskNesting });
  // The rest of the task's chain follows its replacement.
  const rest = (request.chain ?? []).toReversed().map((step) => toSignature(step, app).set({ replacedTaskNesting }));
  return pipeAll(signature, rest);
}

/**
 * Nothing can be linked to a group's result, so a task collects the results: for a group alone, at the end of a chain, or as the
 * body of a chord. Celery handles only the first two, and clients of the third wait forever.
 *
 * @param {import("./current-app.js").CanvasApp} app
 * @param {AnySignature} signature
 * @returns {AnySignature}
 */
function withOneResult(app, signature) {
  if (signature instanceof Group) {
    return pipe(signature, new Signature(app, { task: "celery.accumulate", kwargs: { index: 0 } }));
  }
  if (signature instanceof Chain && signature.tasks.length > 0) {
    const last = signature.tasks[signature.tasks.length - 1];
    signature.tasks = [...signature.tasks.slice(0, -1), withOneResult(app, last)];
  }
  if (!(signature instanceof Chord) || signature.body === null) return signature;
  const chord = signature.clone();
  chord.body = withOneResult(app, signature.body);
  return chord;
}

/**
 * The last task of a chain as body would report to its own chord, not to the one that the replaced task is a part of.
 *
 * @param {import("./current-app.js").CanvasApp} app
 * @param {AnySignature} signature
 * @returns {AnySignature}
 */
function withReportingEnd(app, signature) {
  if (!(signature instanceof Chord) || !isChainLedByTask(signature.body)) return signature;
  return new Chain(app, signature.unrollBody(), { options: signature.options });
}

/** The callbacks run after the last task of the chain, also when further tasks are added to it. @param {Chain} chain */
function moveLinks(chain) {
  if (chain.options.link === undefined) return;
  const last = chain.tasks[chain.tasks.length - 1];
  last.options.link = [...listOf(last.options.link), ...listOf(chain.options.link)];
  delete chain.options.link;
}
