/** How many tasks a chord waits for. */

/** @typedef {import("./signature.js").Signature<any>} Signature */

/**
 * @param {Signature} signature a part of a chord's header
 * @returns {number} how many of its tasks report to the chord (`celery.canvas._chord._descend`)
 */
export function chordSize({ subtaskType, kwargs }) {
  const { tasks, body } = /** @type {{ tasks: Signature[], body: Signature | null }} */ (kwargs);
  switch (subtaskType) {
    case "group":
      return tasks.reduce((sum, task) => sum + chordSize(task), 0);
    case "chain":
      // The last one reports; what is empty cannot.
      return (
        tasks
          .toReversed()
          .map(chordSize)
          .find((size) => size > 0) ?? 0
      );
    case "chord":
      return body === null ? 0 : chordSize(body);
    default:
      return 1;
  }
}
