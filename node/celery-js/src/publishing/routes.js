/** Routes tasks whose call names no queue: Celery's `task_routes` (`celery.app.routes`). */
import { ImproperlyConfigured } from "../errors.js";
import { globPattern } from "../protocol/glob.js";
import { checkSendOptions } from "../tasks/send-options.js";

/**
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../app/task.js").Task} Task
 *
 * @typedef {string | Readonly<SendOptions>} Route a queue's name, or the options that the task is sent with
 * @typedef {(name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, options: Readonly<SendOptions>, task: Task | null) => Route | null | undefined | void} RouteFunction
 *   `task` where it is registered here; null asks the next router
 * @typedef {{ routeForTask: (name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>) => Route | null | undefined | void }} RouterObject Celery's older form
 * @typedef {Readonly<Record<string, Route>> | ReadonlyMap<string | RegExp, Route> | ReadonlyArray<readonly [string | RegExp, Route]>} RouteMap
 *   name, glob or regular expression -> route
 * @typedef {RouteMap | RouteFunction | RouterObject} RouterGiven
 * @typedef {RouteFunction | RouterObject | Readonly<Record<string, Route>> | ReadonlyMap<string | RegExp, Route> | readonly RouterGiven[]} TaskRoutes
 *
 * @typedef {(name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, options: Readonly<SendOptions>, task: Task | null) => Readonly<SendOptions> | null} Router
 *   the options of a task's route, null without one
 */

/**
 * One router, or a list of which the first answer counts. In a map, an exact name wins over patterns,
 * and patterns are tried in their order. In a glob, which has a `*` in it, `*` stands for any text, `?` for one character and
 * `[abc]` for one of several, as in Python's `fnmatch`; a regular expression matches from the start of the name, as Python's
 * `re.match`.
 *
 * @param {TaskRoutes | null} routes
 * @returns {Router | null} null without any route; it throws ImproperlyConfigured when a function's answer cannot be used
 * @throws {ImproperlyConfigured} when a route has an unknown option or a value that cannot be used
 */
export function createRouter(routes) {
  const routers = listOf(routes)
    .map(([given, label]) => routerOf(given, label))
    .filter((router) => router !== null);
  if (routers.length <= 1) return routers[0] ?? null;
  return (...call) => {
    for (const router of routers) {
      const route = router(...call);
      if (route !== null) return route;
    }
    return null;
  };
}

/**
 * @param {TaskRoutes | null} routes
 * @returns {string[]} the queues that its maps name, each once; those of functions are not known
 */
export function queuesInRoutes(routes) {
  const maps = listOf(routes).flatMap(([given]) => (isFunctional(given) ? [] : [...entriesOf(given)]));
  const queues = maps.map(([, route]) => (typeof route === "string" ? route : route.queue));
  return [...new Set(queues.filter((queue) => typeof queue === "string"))];
}

/**
 * @param {TaskRoutes | null} routes
 * @returns {boolean} whether a task's name alone decides its route; functions also see its arguments
 */
export const routesByName = (routes) => listOf(routes).every(([given]) => !isFunctional(given));

/**
 * @param {TaskRoutes | null} routes
 * @returns {Array<[given: RouterGiven, label: string]>}
 */
function listOf(routes) {
  if (routes === null) return [];
  if (!Array.isArray(routes)) return [[/** @type {RouterGiven} */ (routes), "taskRoutes"]];
  return routes.map((given, i) => [given, `taskRoutes[${i}]`]);
}

/**
 * @param {unknown} given
 * @returns {given is RouteFunction | RouterObject}
 */
const isFunctional = (given) => typeof given === "function" || typeof Object(given).routeForTask === "function";

/**
 * @param {RouterGiven} given
 * @param {string} label
 * @returns {Router | null} null for a map without routes
 */
function routerOf(given, label) {
  if (typeof given === "function") return (...call) => answerOf(given(...call), call[0], label);
  if (isFunctional(given)) return (name, args, kwargs) => answerOf(given.routeForTask(name, args, kwargs), name, label);
  if (typeof given !== "object" || given === null) {
    throw new ImproperlyConfigured(
      `${label}: a router is an object or a Map of routes, a list of [pattern, route], or a function, not ${show(given)}`,
    );
  }
  return mapRouter(given, label);
}

/**
 * @param {RouteMap} map
 * @param {string} label
 * @returns {Router | null} as `celery.app.routes.MapRoute`; null without routes
 */
function mapRouter(map, label) {
  /** @type {Map<string, SendOptions>} */
  const exact = new Map();
  /** @type {Array<{ pattern: RegExp, route: SendOptions }>} */
  const patterns = [];
  for (const pair of entriesOf(map)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw notAPair(pair, label);
    const [key, value] = pair;
    const route = routeOptions(value, `${label} '${key}'`);
    if (key instanceof RegExp) patterns.push({ pattern: fromTheStart(key), route });
    else if (key.includes("*")) patterns.push({ pattern: globPattern(key), route });
    else exact.set(key, route);
  }
  if (exact.size === 0 && patterns.length === 0) return null;
  return (name) => exact.get(name) ?? patterns.find(({ pattern }) => name.search(pattern) === 0)?.route ?? null;
}

/**
 * @param {RouteMap} map
 * @returns {Iterable<readonly [string | RegExp, Route]>}
 */
function entriesOf(map) {
  return map instanceof Map || Array.isArray(map) ? map : Object.entries(map);
}

/**
 * @param {unknown} pair
 * @param {string} label
 */
function notAPair(pair, label) {
  return new ImproperlyConfigured(
    `${label}: a route is a pair such as [/^mail/, 'queue'], not ${show(pair)}; a list of pairs is one router: ` +
      "put it into a list, [[[/^mail/, 'queue']]]",
  );
}

/**
 * @param {unknown} answer
 * @param {string} name
 * @param {string} label
 * @returns {SendOptions | null}
 */
function answerOf(answer, name, label) {
  if (answer === null || answer === undefined) return null;
  const what = `${label}: the router's answer for '${name}'`;
  if (answer instanceof Promise) throw new ImproperlyConfigured(`${what} is a promise; a router answers at once`);
  return routeOptions(answer, what);
}

/**
 * @param {unknown} value
 * @param {string} label
 * @returns {SendOptions}
 */
function routeOptions(value, label) {
  if (typeof value !== "string" && (typeof value !== "object" || value === null || Array.isArray(value))) {
    throw new ImproperlyConfigured(
      `${label}: a route is a queue's name or an object such as { queue, priority }, not ${show(value)}`,
    );
  }
  try {
    return checkSendOptions(typeof value === "string" ? { queue: value } : { ...value }, "the route");
  } catch (error) {
    throw new ImproperlyConfigured(`${label}: ${/** @type {Error} */ (error).message}`, { cause: error });
  }
}

/** @param {unknown} value */
const show = (value) => (typeof value === "object" && value !== null ? "an object" : JSON.stringify(value));

/** Without the flags g and y, which make a pattern remember its last position. @param {RegExp} pattern */
const fromTheStart = ({ source, flags }) => new RegExp(source, `${flags.replace(/[gy]/g, "")}y`);
