export type Task = import("./task.js").Task;
/** @typedef {import("./task.js").Task} Task */
/** @extends {Map<string, Task>} */
export declare class TaskRegistry extends Map<string, Task> {
    /** @returns {string[]} in alphabetical order */
    names(): string[];
    /**
     * @override
     * @param {string} name
     * @returns {Task}
     * @throws `NotRegistered` naming the nearest task
     */
    get(name: string): Task;
    /**
     * Registers all of the tasks or, when it throws, none.
     *
     * @param {...Task} tasks
     * @throws `DuplicateTaskError` when a task of the same name exists, here or among them
     */
    register(...tasks: Task[]): void;
}
