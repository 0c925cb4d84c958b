/** The tasks of an app by name: `app.tasks` (`celery.app.registry.TaskRegistry`, a dict there). */
import { DuplicateTaskError, NotRegistered } from "../errors.js";
import { nearest } from "../validation/suggest.js";

/** @typedef {import("./task.js").Task} Task */

/** @extends {Map<string, Task>} */
export class TaskRegistry extends Map {
  /** @returns {string[]} in alphabetical order */
  names() {
    return [...this.keys()].sort();
  }

  /**
   * @override
   * @param {string} name
   * @returns {Task}
   * @throws {NotRegistered} naming the nearest task
   */
  get(name) {
    const task = super.get(name);
    if (task !== undefined) return task;
    const near = nearest(name, this.keys());
    const hint = near === null ? "" : ` Did you mean '${near}'?`;
    throw new NotRegistered(`Task '${name}' is not registered here.${hint}`, { args: [name] });
  }

  /**
   * Registers all of the tasks or, when it throws, none.
   *
   * @param {...Task} tasks
   * @throws {DuplicateTaskError} when a task of the same name exists, here or among them
   */
  register(...tasks) {
    const names = new Set(this.keys());
    for (const { name } of tasks) {
      if (names.has(name)) throw new DuplicateTaskError(`task ${name} is already registered`);
      names.add(name);
    }
    for (const task of tasks) this.set(task.name, task);
  }
}
