/** Names an error in a sentence. */

/**
 * @param {Error} error whose `name` a task may have set to any value, or made unreadable
 * @returns {string} the class's name, because `class GatewayError extends Error {}` does not set `name`
 */
export function className(error) {
  try {
    const { name } = /** @type {{ name: unknown }} */ (error);
    if (typeof name === "string" && name !== "" && name !== "Error") return name;
    const ofClass = /** @type {{ name?: unknown } | undefined} */ (error.constructor)?.name;
    return typeof ofClass === "string" && ofClass !== "" ? ofClass : "Error";
  } catch {
    return "Error";
  }
}
