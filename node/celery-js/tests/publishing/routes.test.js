/** Where a task goes: the rules of Celery's `task_routes` (`celery.app.routes`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery } from "../../src/index.js";
import { createRouter, queuesInRoutes } from "../../src/publishing/routes.js";

/** @typedef {import("../../src/publishing/routes.js").TaskRoutes} TaskRoutes */

/**
 * @param {TaskRoutes} routes
 * @returns {(name: string) => import("../../src/index.js").SendOptions | null} by the name alone
 */
function routerOf(routes) {
  const route = createRouter(routes);
  return (name) => route?.(name, [], {}, {}, null) ?? null;
}

test("an exact name wins, then the first matching pattern", () => {
  const route = routerOf({ "a.*": "first", "a.b.*": "second", "a.b.c": "exact" });

  assert.deepEqual(route("a.b.c"), { queue: "exact" });
  assert.deepEqual(route("a.b.d"), { queue: "first" });
  assert.equal(route("b"), null);
});

test("a glob covers the whole name, as in Python's fnmatch", () => {
  const route = routerOf({ "*.send_?": "one", "[ab]*.x": "two", "[!ab]*.y": "three", "a+b.*": "four" });

  assert.equal(route("mail.send_1")?.queue, "one");
  assert.equal(route("mail.send_12"), null);
  assert.equal(route("beta.x")?.queue, "two");
  assert.equal(route("gamma.x"), null);
  assert.equal(route("gamma.y")?.queue, "three");
  assert.equal(route("a+b.c")?.queue, "four");
  assert.equal(route("aab.c"), null);
});

test("a regular expression matches from the start of the name", () => {
  const pattern = /mail\.(send|fetch)/g;
  const route = routerOf([
    [
      [pattern, { queue: "mail" }],
      ["mail.*", "other"],
      ["mail.send", "exact"],
    ],
  ]);

  assert.deepEqual(route("mail.send_all"), { queue: "mail" });
  assert.deepEqual(route("mail.fetch"), { queue: "mail" }, "and a pattern's own state does not count");
  assert.deepEqual(route("mail.delete"), { queue: "other" });
  assert.deepEqual(route("mail.send"), { queue: "exact" });
  assert.equal(route("e-mail.send"), null);
  assert.equal(pattern.lastIndex, 0);
});

test("a map may have regular expressions as keys", () => {
  const route = routerOf(new Map([[/a\.\w+$/, "words"]]));

  assert.deepEqual(route("a.b"), { queue: "words" });
  assert.equal(route("a.b.c"), null);
});

test("a function gets the arguments that Celery passes", () => {
  /** @type {unknown[]} */
  const seen = [];
  const app = new Celery("test");
  const task = app.task("add", () => 1);
  const route = createRouter((...given) => void seen.push(given));

  assert.equal(route?.("add", [1], { y: 2 }, { priority: 3 }, task), null);
  assert.deepEqual(seen, [["add", [1], { y: 2 }, { priority: 3 }, task]]);
});

test("in a list of routers, the first answer counts", () => {
  const route = routerOf([
    (name) => (name.startsWith("slow") ? "slow" : null),
    { "a.*": { queue: "a" }, "slow.b": "never" },
    { routeForTask: (name) => (name === "b" ? { queue: "old", priority: 2 } : undefined) },
  ]);

  assert.deepEqual(route("slow.b"), { queue: "slow" });
  assert.deepEqual(route("a.c"), { queue: "a" });
  assert.deepEqual(route("b"), { queue: "old", priority: 2 });
  assert.equal(route("c"), null);
});

test("an empty route ends the search, as in Celery", () => {
  assert.deepEqual(routerOf([() => ({}), { "*": "second" }])("a"), {});
});

test("a route may bring other options along", () => {
  assert.deepEqual(routerOf({ "a.*": { queue: "q", priority: 3 } })("a.b"), { queue: "q", priority: 3 });
});

test("a router knows the queues that it names", () => {
  const routes = [{ "a.*": "q1", b: { queue: "q2" }, c: { priority: 1 } }, [[/x/, "q3"]], () => "unknown"];

  assert.deepEqual(queuesInRoutes(/** @type {TaskRoutes} */ (routes)), ["q1", "q2", "q3"]);
});

for (const [what, routes, message] of /** @type {Array<[string, any, string]>} */ ([
  [
    "an unknown option",
    { "a.*": { queu: "q" } },
    "taskRoutes 'a.*': the route: unknown option 'queu'; did you mean 'queue'?",
  ],
  [
    "a wrong option",
    { "a.*": { queue: "q", priority: "high" } },
    "taskRoutes 'a.*': the route: option 'priority' takes a whole number from 0 to 9, not \"high\"",
  ],
  [
    "a route that is none",
    { a: 5 },
    "taskRoutes 'a': a route is a queue's name or an object such as { queue, priority }, not 5",
  ],
  [
    "a router that is none",
    [5],
    "taskRoutes[0]: a router is an object or a Map of routes, a list of [pattern, route], or a function, not 5",
  ],
  [
    "pairs that are not in their own list",
    [["a.*", "q"]],
    "taskRoutes[0]: a route is a pair such as [/^mail/, 'queue'], not \"a.*\"; a list of pairs is one router: put it into a list, [[[/^mail/, 'queue']]]",
  ],
])) {
  test(`${what} is refused when the app is made`, () => {
    assert.throws(() => new Celery("test", { taskRoutes: routes }), { name: "ImproperlyConfigured", message });
  });
}

for (const [what, answer, message] of /** @type {Array<[string, any, string]>} */ ([
  ["a promise", Promise.resolve("q"), "taskRoutes: the router's answer for 'a' is a promise; a router answers at once"],
  [
    "a number",
    5,
    "taskRoutes: the router's answer for 'a': a route is a queue's name or an object such as { queue, priority }, not 5",
  ],
  [
    "an unknown option",
    { queu: "q" },
    "taskRoutes: the router's answer for 'a': the route: unknown option 'queu'; did you mean 'queue'?",
  ],
])) {
  test(`a function that answers with ${what} is refused`, () => {
    assert.throws(() => routerOf(() => answer)("a"), { name: "ImproperlyConfigured", message });
  });
}
