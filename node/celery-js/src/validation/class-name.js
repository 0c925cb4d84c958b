/** What to call an error in a sentence. */

/**
 * @param {Error} error
 * @returns {string} its class: `class GatewayError extends Error {}` leaves `name` as it is
 */
export function className(error) {
  return error.name === "Error" ? error.constructor.name || "Error" : error.name;
}
