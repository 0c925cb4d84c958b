/** Answers of workers, by the workers' names (`celery.app.control.flatten_reply`). */

/** @typedef {import("./broadcast.js").Reply} Reply */

/**
 * @param {readonly Reply[]} replies each of one worker: its name -> what it answered
 * @returns {Reply} one object with all answers. If several workers share a name, the last answer wins, and the process emits
 *   Celery's `DuplicateNodenameWarning`
 */
export function flattenReplies(replies) {
  /** @type {Reply} */
  const nodes = {};
  const duplicates = new Set();
  for (const reply of replies) {
    for (const name of Object.keys(reply)) if (Object.hasOwn(nodes, name)) duplicates.add(name);
    Object.assign(nodes, reply);
  }
  if (duplicates.size > 0) {
    const names = `${duplicates.size === 1 ? "name" : "names"}: ${[...duplicates].sort().join(", ")}`;
    process.emitWarning(
      `Received multiple replies from node ${names}.\n` +
        "Please make sure you give each node a unique nodename using\nthe celery worker `-n` option.",
      "DuplicateNodenameWarning",
    );
  }
  return nodes;
}
