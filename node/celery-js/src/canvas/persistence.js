/** A worker's follow-up messages must arrive, however long the server is away. Other messages may fail. */
import { currentTask } from "../tasks/current.js";

/**
 * @template T
 * @param {() => Promise<T>} operation repeated until it succeeds inside a worker's task, else done once
 * @returns {Promise<T>}
 */
export function persistently(operation) {
  const persist = currentTask()?.persist;
  return persist ? persist(operation) : operation();
}
