/** The results of a group together (`celery.result.GroupResult`). */
import { checkArgument, TEXT } from "../validation/kinds.js";
import { ResultSet } from "./result-set.js";

/**
 * @typedef {import("./result.js").AnyResult} AnyResult
 * @typedef {import("./result.js").ResultTuple} ResultTuple
 */

/**
 * @template [R=unknown] what each of the tasks returns
 * @extends {ResultSet<R>}
 */
export class GroupResult extends ResultSet {
  #backend;

  /**
   * @param {string} id
   * @param {(import("./result.js").AsyncResult<R> | GroupResult)[]} results in the order of the tasks
   * @param {object} options
   * @param {import("../backend/backend.js").ResultBackend} options.backend
   * @param {import("./result.js").Revoking | null} [options.control]
   * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
   */
  constructor(id, results, { backend, control = null, parent = null }) {
    checkArgument(id, TEXT, "GroupResult(): the group's id");
    super(results, { control, label: "GroupResult()" });
    this.id = id;
    /** @type {AnyResult | null} */
    this.parent = parent;
    this.#backend = backend;
  }

  /** @returns {Promise<AnyResult[]>} the results */
  get children() {
    return Promise.resolve(this.results);
  }

  /** Stores which results belong to the group: `app.restoreGroup(id)` finds them, in either language. @returns {Promise<void>} */
  async save() {
    await this.#backend.saveGroup(this.id, this.asTuple());
  }

  /** Removes what `save` stored. @returns {Promise<void>} */
  async delete() {
    await this.#backend.deleteGroup(this.id);
  }

  /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
  asTuple() {
    return [[this.id, this.parent?.asTuple() ?? null], this.results.map((result) => result.asTuple())];
  }

  /** @returns {string[]} the ids of this result and of those before it */
  asList() {
    return [this.id, ...(this.parent?.asList() ?? [])];
  }

  /** @returns {string} the id */
  toString() {
    return this.id;
  }
}
