/** Results as they travel: `[[id, parent], results]` (`celery.result.result_from_tuple`). */
import { DecodeError } from "../errors.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("./result.js").AnyResult} AnyResult
 */

/**
 * @param {Celery} app
 * @param {unknown} tuple
 * @returns {AnyResult} a group's where the tuple has results
 * @throws {DecodeError} when it is not a result
 */
export function resultFromTuple(app, tuple) {
  if (!Array.isArray(tuple) || tuple.length !== 2)
    throw new DecodeError("expected a result in the form [[id, parent], results]");
  const [head, members] = tuple;
  // Celery also writes the id alone, where there is no parent.
  const [id, parent] = Array.isArray(head) ? head : [head, null];
  if (typeof id !== "string") throw new DecodeError("the result has no id");
  const result = Array.isArray(members)
    ? app.GroupResult(
        id,
        members.map((member) => resultFromTuple(app, member)),
      )
    : app.AsyncResult(id);
  result.parent = parent ? resultFromTuple(app, parent) : null;
  return result;
}
