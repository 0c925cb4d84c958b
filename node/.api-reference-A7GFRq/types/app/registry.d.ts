export type Task = import("./task.js").Task;
/** @typedef {import("./task.js").Task} Task */
export declare class TaskRegistry {
    #private;
    /** @returns {number} */
    get size(): number;
    /** @returns {string[]} in alphabetical order */
    names(): string[];
    /** @param {string} name @returns {boolean} */
    has(name: string): boolean;
    /**
     * @param {string} name
     * @returns {Task}
     * @throws {NotRegistered} naming the nearest task
     */
    get(name: string): Task;
    /**
     * Registers all of the tasks or, when it throws, none.
     *
     * @param {...Task} tasks
     * @throws {DuplicateTaskError} when there is one of the same name, here or among them
     */
    register(...tasks: Task[]): void;
    /** @returns {IterableIterator<Task>} */
    values(): IterableIterator<Task>;
    [Symbol.iterator](): MapIterator<[string, import("./task.js").Task<any[], any>]>;
}
