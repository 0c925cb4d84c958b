/** Where a task goes that says nothing itself: Celery's `task_routes` as a map (`celery.app.routes.MapRoute`). */
import { ImproperlyConfigured } from "../errors.js";
import { checkSendOptions } from "../tasks/send-options.js";

/**
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {(taskName: string) => Readonly<SendOptions> | null} Router the options of a task's route, null without one
 */

/**
 * An exact name wins over patterns; patterns are tried in their order. In a pattern, `*` stands for any text, `?` for one
 * character and `[abc]` for one of several, as in Python's `fnmatch`.
 *
 * @param {Record<string, string | SendOptions>} routes task name or pattern -> queue, or `{ queue, priority, ... }`
 * @returns {Router}
 * @throws {ImproperlyConfigured} when a route has an unknown option or a value that cannot be used
 */
export function createRouter(routes) {
  /** @type {Map<string, SendOptions>} */
  const exact = new Map();
  /** @type {Array<{ pattern: RegExp, route: SendOptions }>} */
  const patterns = [];
  for (const [name, value] of Object.entries(routes)) {
    const route = routeOptions(name, value);
    if (name.includes("*")) patterns.push({ pattern: globPattern(name), route });
    else exact.set(name, route);
  }
  return (taskName) => exact.get(taskName) ?? patterns.find(({ pattern }) => pattern.test(taskName))?.route ?? null;
}

/** @param {string} name @param {string | SendOptions} value */
function routeOptions(name, value) {
  try {
    return checkSendOptions(typeof value === "string" ? { queue: value } : value, "the route");
  } catch (error) {
    throw new ImproperlyConfigured(`taskRoutes '${name}': ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** @param {string} glob @returns {RegExp} as Python's `fnmatch.translate` */
function globPattern(glob) {
  const source = glob.replace(/\[!?[^\]]+\]|./gs, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/\W/, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}
