/**
 * The follow-ups of a task: its callbacks (`link`) and the next task of its chain after a success, its errbacks
 * (`link_error`) after a failure (celery.app.trace._dispatch_callbacks_and_chain,
 * celery.backends.base._call_task_errbacks).
 */
import { Group } from "../../canvas/group.js";
import { isEmptyChain, isEmptyGroup, publishedFirst, takesArguments } from "../../canvas/shapes.js";
import { toSignature } from "../../canvas/signature.js";
import { dumps } from "../../protocol/json.js";
import { isResult } from "../../protocol/result-encoder.js";
import { bindArguments } from "../../tasks/binding.js";
import { addTrail, taskStorage } from "../../tasks/current.js";
import { arityGreater } from "../../tasks/parameters.js";
import { limitedPriority } from "../../validation/kinds.js";

/**
 * @typedef {import("../../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../../canvas/types.js").AnySignature} Signature
 *
 * @typedef {object} Failed a task that failed, or a chord's body that will not run
 * @property {string} id
 * @property {string | null} [rootId]
 * @property {readonly unknown[] | null} [errbacks]
 * @property {string | null} [traceback] of a task that has run
 */

/**
 * @typedef {object} Followers of a task that has succeeded
 * @property {(value: unknown, carrier?: CurrentTask["carrier"]) => Promise<void>} send sends all of them
 * @property {string | null} onlyId the id of the follow-up, if there is only one and it is a single task
 * @property {Signature[]} unsent those that are not sent yet
 * @property {unknown[]} rest of the chain, after the next task, the last one first
 */

export class Callbacks {
  #app;
  #persist;
  #log;

  /**
   * @param {object} parts
   * @param {import("../../worker/model/types.js").WorkerApp} parts.app
   * @param {import("./follow-ups.js").Persist} parts.persist
   * @param {import("../../worker/observers/log.js").Logger} parts.log
   */
  constructor({ app, persist, log }) {
    this.#app = app;
    this.#persist = persist;
    this.#log = log;
  }

  /**
   * Copies an execution for messages that are sent after the task has ended. They are repeated until the server has them.
   *
   * @param {CurrentTask} execution
   * @returns {CurrentTask}
   */
  copyForSending(execution) {
    const { children, trail, sends, app } = execution;
    const persist = this.#persist;
    return { children, trail, sends, app, persist, context: execution.context };
  }

  /**
   * Prepares the follow-ups of a success: the callbacks and the next task of the chain. They become the execution's
   * children now, because the stored result names them. They are sent later, because they may read it.
   *
   * @param {import("../execution.js").Execution} execution that has returned
   * @param {unknown} returned
   * @returns {Promise<Followers>} the follow-ups, which get the stored form of the return value
   * @throws {EncodeError} when a follow-up would get a result object, which can be stored as its tuple but not passed on,
   *   or when the queue of one can never take a message. The task fails with this error, as in Celery
   * @throws {TypeError} when one of them is not a signature
   */
  async prepare(execution, returned) {
    const { message } = execution.request;
    const { callbacks, chain } = message.embed;
    const links = this.#together(callbacks ?? []);
    // Celery keeps the rest of a chain in reverse: the next task is the last one.
    const next = chain === null || chain.length === 0 ? null : toSignature(chain[chain.length - 1], this.#app);
    const followers = next === null ? links : [...links, next];
    if (isResult(returned) && followers.some(takesArguments)) dumps(returned, { root: "result" });
    await this.#checkQueues(followers);
    for (const follower of followers) addTrail(execution, firstOf(await follower.freezeInTurns()));
    const lineage = this.#lineage(message);
    const unsent = [...followers];
    const rest = chain?.slice(0, -1) ?? [];
    /** @type {Followers["send"]} */
    const send = async (value, carrier) => {
      await taskStorage.run({ ...this.copyForSending(execution), children: [], carrier }, async () => {
        for (const follower of followers) {
          await follower.applyAsync([value], follower === next ? { ...lineage, chain: rest } : lineage);
          unsent.shift();
        }
      });
    };
    return { send, onlyId: this.#isOneMessage(followers) ? (followers[0].options.taskId ?? null) : null, unsent, rest };
  }

  /**
   * Calls the errbacks. One that is registered here and takes more than the id is called directly. The others are sent as
   * tasks, which become children of the execution.
   *
   * @param {Failed} failed
   * @param {Error} error
   * @param {CurrentTask} execution that is over
   * @param {() => Promise<void>} [store] stores the failure before any of them is called
   */
  async callErrbacks(failed, error, execution, store) {
    const errbacks = (failed.errbacks ?? []).map((errback) => toSignature(errback, this.#app));
    const sent = errbacks.filter((errback) => !this.#isCalledHere(errback));
    const lineage = { parentId: failed.id, rootId: failed.rootId || failed.id };
    const group = sent.length === 0 ? null : new Group(this.#app, sent);
    if (group !== null) addTrail(execution, group.freeze(lineage));
    await store?.();
    await taskStorage.run(this.copyForSending(execution), async () => {
      for (const errback of errbacks) if (!sent.includes(errback)) await this.#callHere(errback, failed, error);
      await group?.applyAsync([failed.id], { ...lineage, addToParent: false });
    });
  }

  /**
   * @param {Signature[]} followers
   * @returns {Promise<void>}
   */
  async #checkQueues(followers) {
    const first = followers.flatMap((follower) => [...publishedFirst(follower)]);
    const queues = new Set(first.flatMap(({ options: { queue } }) => (typeof queue === "string" ? [queue] : [])));
    if (queues.size > 0) await this.#persist(() => this.#app.publisher.checkQueues(queues));
  }

  /** @param {Signature[]} followers */
  #isOneMessage(followers) {
    const [{ subtaskType, task } = { subtaskType: null, task: "" }] = followers;
    const isOneTask = subtaskType === null && task !== "celery.chunks";
    return followers.length === 1 && isOneTask && !this.#app.settings.taskAlwaysEager;
  }

  /**
   * Combines several single-task callbacks into one group, as in Celery; a callback that is a group stays separate.
   *
   * @param {unknown[]} callbacks
   * @returns {Signature[]}
   */
  #together(callbacks) {
    const signatures = callbacks
      .map((callback) => toSignature(callback, this.#app))
      .filter((callback) => !isEmptyChain(callback) && !isEmptyGroup(callback));
    if (signatures.length < 2) return signatures;
    const single = signatures.filter((signature) => !(signature instanceof Group));
    const groups = signatures.filter((signature) => signature instanceof Group);
    return single.length === 0 ? groups : [...groups, new Group(this.#app, single)];
  }

  /** @param {Signature} errback */
  #isCalledHere({ task: name, args, kwargs, immutable }) {
    if (!this.#app.tasks.has(name)) return false;
    const { options, parameters } = this.#app.tasks.get(name);
    if (options.bind) return false;
    return immutable ? arityGreater(parameters, 1) : arityGreater(parameters, 1, args, kwargs);
  }

  /**
   * A failing errback affects nothing else.
   *
   * @param {Signature} errback
   * @param {Failed} failed
   * @param {Error} error
   */
  async #callHere(errback, failed, error) {
    const { fn, parameters, name } = this.#app.tasks.get(errback.task);
    const given = errback.immutable ? [] : [failed, error, failed.traceback ?? null];
    try {
      await fn(...bindArguments(parameters, [...given, ...errback.args], errback.kwargs, name));
    } catch (thrown) {
      this.#log.error({ task_id: failed.id, error: thrown }, `Errback '${name}' raised an exception`);
    }
  }

  /** @param {import("../../protocol/message.js").TaskMessage} message */
  #lineage({ id, rootId, priority }) {
    const inherit = this.#app.settings.taskInheritParentPriority;
    return { parentId: id, rootId: rootId ?? id, ...(inherit && { priority: limitedPriority(priority) }) };
  }
}

/**
 * Returns what a workflow sends first: the first task of a chain; the header of a chord, or its body if the header is
 * empty.
 *
 * @param {import("../../canvas/current-app.js").AnyResult} result
 */
function firstOf(result) {
  const line = [result];
  while (line[0].parent) line.unshift(line[0].parent);
  while (line.length > 1 && "results" in line[0] && line[0].results.length === 0) line.shift();
  line[0].parent = null;
  return line[0];
}
