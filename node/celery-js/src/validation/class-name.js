/** Names an error in a sentence. */

/**
 * @param {Error} error
 * @returns {string} the class's name, because `class GatewayError extends Error {}` does not set `name`
 */
export function className(error) {
  return error.name === "Error" ? error.constructor.name || "Error" : error.name;
}
