export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Task = import("../app/task.js").Task;
export type Route = string | Readonly<SendOptions>;
export type RouteFunction = (name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, options: Readonly<SendOptions>, task: Task | null) => Route | null | undefined | void;
export type RouterObject = {
    routeForTask: (name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>) => Route | null | undefined | void;
};
export type RouteMap = Readonly<Record<string, Route>> | ReadonlyMap<string | RegExp, Route> | ReadonlyArray<readonly [string | RegExp, Route]>;
export type RouterGiven = RouteMap | RouteFunction | RouterObject;
export type TaskRoutes = RouteFunction | RouterObject | Readonly<Record<string, Route>> | ReadonlyMap<string | RegExp, Route> | readonly RouterGiven[];
export type Router = (name: string, args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>, options: Readonly<SendOptions>, task: Task | null) => Readonly<SendOptions> | null;
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
export declare function createRouter(routes: TaskRoutes | null): Router | null;
/**
 * @param {TaskRoutes | null} routes
 * @returns {string[]} the queues that its maps name, each once; those of functions are not known
 */
export declare function queuesInRoutes(routes: TaskRoutes | null): string[];
/**
 * @param {TaskRoutes | null} routes
 * @returns {boolean} whether a task's name alone decides its route; functions also see its arguments
 */
export declare const routesByName: (routes: TaskRoutes | null) => boolean;
