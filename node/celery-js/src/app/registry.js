/** The tasks of an app by name: `app.tasks` (`celery.app.registry.TaskRegistry`). */
import { DuplicateTaskError, NotRegistered } from "../errors.js";
import { nearest } from "../validation/suggest.js";

/** @typedef {import("./task.js").Task} Task */

export class TaskRegistry {
  /** @type {Map<string, Task>} */
  #tasks = new Map();

  /** @returns {number} */
  get size() {
    return this.#tasks.size;
  }

  /** @returns {string[]} in alphabetical order */
  names() {
    return [...this.#tasks.keys()].sort();
  }

  /** @param {string} name @returns {boolean} */
  has(name) {
    return this.#tasks.has(name);
  }

  /**
   * @param {string} name
   * @returns {Task}
   * @throws {NotRegistered} naming the nearest task
   */
  get(name) {
    const task = this.#tasks.get(name);
    if (task !== undefined) return task;
    const near = nearest(name, this.#tasks.keys());
    const hint = near === null ? "" : ` Did you mean '${near}'?`;
    throw new NotRegistered(`Task '${name}' is not registered here.${hint}`, { args: [name] });
  }

  /**
   * Registers all of the tasks or, when it throws, none.
   *
   * @param {...Task} tasks
   * @throws {DuplicateTaskError} when there is one of the same name, here or among them
   */
  register(...tasks) {
    const names = new Set(this.#tasks.keys());
    for (const { name } of tasks) {
      if (names.has(name)) throw new DuplicateTaskError(`task ${name} is registered already`);
      names.add(name);
    }
    for (const task of tasks) this.#tasks.set(task.name, task);
  }

  /** @returns {IterableIterator<Task>} */
  values() {
    return this.#tasks.values();
  }

  [Symbol.iterator]() {
    return this.#tasks.entries();
  }
}
