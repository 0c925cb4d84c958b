/** What single options of a task change for its runs, and what a run stores about itself. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Celery, Ignore, task } from "../../src/index.js";
import { useWorker } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";

class GatewayError extends Error {
  static module = "shop.errors";
}

const add = (/** @type {number} */ x, /** @type {number} */ y) => x + y;
const sendTwo = async (/** @type {any} */ self) => {
  const one = await self.app.sendTask("add", [1, 2]);
  await self.app.tasks.get("add").map([]).delay();
  return { id: one.id, kept: self.request.children.length };
};

const tasks = {
  add,
  listed: task({ bind: true }, (self) => sendTwo(self)),
  unlisted: task({ bind: true, trail: false }, (self) => sendTwo(self)),
  long: task({ resultreprMaxsize: 12 }, () => "x".repeat(100)),
  shadowed: task(
    {
      shadowName(args, kwargs, options) {
        return args[0] === "none" ? "" : `${this.name}:${args[0]}:${kwargs.y}:${options.priority}`;
      },
    },
    (_x, { y: _y = 1 } = {}) => {},
  ),
  limits: task({ bind: true, maxRetries: 7 }, (self) => [self.maxRetries, self.trackStarted, self.timeLimit]),
  shows: task({ bind: true }, ({ request }) => ({ ...request })),
  stores: task({ bind: true }, async (self, taskId) => {
    await self.app.sendTask("add", [1, 2]);
    await self.updateState("WAITING", { for: "it" }, { taskId });
    return self.request.id;
  }),
  fails_by_itself: task({ bind: true }, async (self) => {
    await self.updateState("FAILURE", new GatewayError("half way"));
    throw new Ignore();
  }),
  updates: task({ bind: true }, async (self, state, options = {}) => self.updateState(state, {}, options)),
};

describe("options and states of a run", () => {
  const running = useWorker(tasks, { settings: { taskTimeLimit: 60 } });
  const { call } = running;

  it("`trail: false` keeps no children", async () => {
    const listed = await running.app.sendTask("listed");
    assert.deepEqual([(await listed.get({ timeout: 5 })).kept, (await listed.children)?.length], [2, 2]);
    const unlisted = await running.app.sendTask("unlisted", [], { link: running.app.signature("add", [1], {}) });
    assert.equal((await unlisted.get({ timeout: 5 })).kept, 0);
    assert.deepEqual(await unlisted.children, []);
  });

  it("`resultreprMaxsize` limits the result in the log", async () => {
    await call("long");
    const line = await waitUntil(() => running.lines.find(({ msg }) => /^Task long\[.*succeeded/.test(msg)));
    assert.match(line.msg, /: 'x{1,12}\.\.\.'?$/);
  });

  it("`shadowName` names each call in the log", async () => {
    const shadowed = running.app.tasks.get("shadowed");
    const names = async (/** @type {{ id: string }} */ { id }) =>
      (await waitUntil(() => running.lines.find(({ msg }) => msg.includes(`[${id}] received`)))).msg;
    assert.match(
      await names(await shadowed.applyAsync([1], { kwargs: { y: 2 }, priority: 3 })),
      /^Task shadowed:1:2:3\[/,
    );
    assert.match(await names(await shadowed.applyAsync(["none"])), /^Task shadowed\[/);
    assert.match(await names(await shadowed.applyAsync([1], { shadow: "mine" })), /^Task mine\[/);
    const sent = await running.app.sendTasks([4, 5].map((n) => shadowed.s(n)));
    assert.match(await names(sent[0]), /^Task shadowed:4:undefined:undefined\[/);
    assert.match(await names(sent[1]), /^Task shadowed:5:undefined:undefined\[/);
  });

  it("`deliveryMode` is the mode of its messages", async () => {
    const transient = running.app.task("transient", { deliveryMode: 1, queue: "transient" }, () => {});
    await transient.delay();
    const message = JSON.parse(String(await running.redis.lindex("transient", 0)));
    assert.equal(message.properties.delivery_mode, 1);
  });

  it("a wrong `shadowName` fails the call", async () => {
    const app = new Celery("test");
    const wrong = app.task("wrong", { shadowName: () => 5 }, () => {});
    await assert.rejects(wrong.delay(), {
      name: "TypeError",
      message: "task wrong: shadowName() must return a string, not 5",
    });
  });

  it("`self` has the attributes of its task", async () => {
    assert.deepEqual(await call("limits"), [7, false, 60]);
  });

  it("the request has Celery's `timelimit`, and the sender's headers", async () => {
    const headers = { tenant: "acme", timeLimit: "not this", constructor: "nor this" };
    const request = /** @type {any} */ (await call("shows", [], { timeLimit: 9, headers }));
    assert.deepEqual([request.timelimit, request.timeLimit, request.utc], [[9, null], 9, null]);
    assert.deepEqual([request.tenant, request.headers], ["acme", headers]);
    assert.equal(Object.hasOwn(request, "constructor"), false);
  });

  it("`updateState` stores the state of another task, and children", async () => {
    const id = await call("stores", ["another"]);
    const result = running.app.AsyncResult("another");
    assert.deepEqual([await result.state, await result.info], ["WAITING", { for: "it" }]);
    assert.equal((await result.children)?.length, 1);
    assert.equal(await running.app.AsyncResult(String(id)).state, "SUCCESS");
  });

  it("`updateState` stores an error, which stays after Ignore", async () => {
    const result = await running.app.sendTask("fails_by_itself");
    await assert.rejects(result.get({ timeout: 5 }), { name: "GatewayError", message: "half way" });
    await waitUntil(() => running.lines.some(({ msg }) => msg === `Task fails_by_itself[${result.id}] ignored`));
    assert.equal(await result.state, "FAILURE");
    const meta = JSON.parse(String(await running.redis.get(`celery-task-meta-${result.id}`)));
    assert.deepEqual(meta.result, { exc_type: "GatewayError", exc_message: ["half way"], exc_module: "shop.errors" });
  });

  it("`updateState` refuses wrong arguments", async () => {
    await assert.rejects(call("updates", [{ done: 3 }]), {
      message: /^updateState\(\): the state must be a non-empty/,
    });
    await assert.rejects(call("updates", ["A", { task_id: "x" }]), {
      name: "TypeError",
      message: "updateState(): unknown option 'task_id'; did you mean 'taskId'?",
    });
  });
});
