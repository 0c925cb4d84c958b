/** Where a task goes: Celery's MapRoute rules. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRouter } from "../../src/app/routes.js";

test("an exact name wins over patterns, and patterns are tried in their order", () => {
  const route = createRouter({ "a.*": "first", "a.b.*": "second", "a.b.c": "exact" });

  assert.deepEqual(route("a.b.c"), { queue: "exact" });
  assert.deepEqual(route("a.b.d"), { queue: "first" });
  assert.equal(route("b"), null);
});

test("a pattern covers the whole name, as in Python's fnmatch", () => {
  const route = createRouter({ "*.send_?": "one", "[ab]*.x": "two", "[!ab]*.y": "three", "a+b.*": "four" });

  assert.equal(route("mail.send_1")?.queue, "one");
  assert.equal(route("mail.send_12"), null);
  assert.equal(route("beta.x")?.queue, "two");
  assert.equal(route("gamma.x"), null);
  assert.equal(route("gamma.y")?.queue, "three");
  assert.equal(route("a+b.c")?.queue, "four");
  assert.equal(route("aab.c"), null);
});

test("a route may bring other options along", () => {
  const route = createRouter({ "a.*": { queue: "q", priority: 3 } });

  assert.deepEqual(route("a.b"), { queue: "q", priority: 3 });
});

test("a route with an unknown or wrong option is refused", () => {
  assert.throws(() => createRouter({ "a.*": /** @type {object} */ ({ queu: "q" }) }), {
    name: "ImproperlyConfigured",
    message: "taskRoutes 'a.*': the route: unknown option 'queu'; did you mean 'queue'?",
  });
  assert.throws(() => createRouter({ "a.*": /** @type {object} */ ({ queue: "q", priority: "high" }) }), {
    name: "ImproperlyConfigured",
    message: "taskRoutes 'a.*': the route: option 'priority' takes a whole number from 0 to 255, not \"high\"",
  });
});
