import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { startWorker } from "../support/worker.js";

const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  fail: () => {
    throw new RangeError("no");
  },
};
/** @param {string} id @param {unknown[]} args @param {object} [more] a step of a chain as Celery's dict */
const step = (id, args, more) => ({
  task: "add",
  args,
  kwargs: {},
  options: { task_id: id, retry: false, ...more },
  subtask_type: null,
  immutable: false,
});

describe("what follows a task", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;

  before(async () => {
    server = await startServer();
    running = await startWorker(server.url, tasks);
  });
  after(async () => {
    await running.stop();
    await server.stop();
  });

  it("the steps of a chain get each other's results, whatever options of Celery's own they carry", async () => {
    await running.app.sendTask("add", [1, 2], { chain: [step("last", [100]), step("middle", [10])] });
    assert.equal(await running.app.AsyncResult("last").get({ timeout: 5 }), 113);
  });

  it("a stamp travels with the signature that carries it", async () => {
    const stamped = step("stamped", [1], { stamped_headers: ["tenant"], tenant: "shop" });
    await running.app.sendTask("add", [1, 2], { link: stamped, queue: "q" });
    assert.equal(await running.app.AsyncResult("stamped").get({ timeout: 5 }), 4);
  });

  it("a failing step fails all that come after it, so that nobody waits for them", async () => {
    await running.app.sendTask("fail", [], { chain: [step("never", [100]), step("neither", [10])] });
    for (const id of ["never", "neither"]) {
      await assert.rejects(running.app.AsyncResult(id).get({ timeout: 5 }), { name: "RangeError", message: "no" });
    }
  });

  for (const [what, options] of /** @type {Array<[string, object]>} */ ([
    ["a group", { chain: [{ ...step("g", []), task: "celery.group", subtask_type: "group" }] }],
    ["a chord", { link: { ...step("c", []), task: "celery.chord", subtask_type: "chord" } }],
  ])) {
    it(`a task that ${what} follows does not run, and says why`, async () => {
      const result = await running.app.sendTask("add", [1, 2], options);
      await assert.rejects(result.get({ timeout: 5 }), /followed by a (group|chord) yet/);
    });
  }

  it("a follower that the broker refuses for a while is sent when it has room again", async () => {
    const redis = inspector(server.url);
    const settings = { taskDefaultQueue: "full", taskPublishTimeout: 0.2 };
    const other = await startWorker(
      server.url,
      {
        ...tasks,
        fill: async () => {
          await redis.config("SET", "maxmemory", "1");
          setTimeout(() => void redis.config("SET", "maxmemory", "0"), 600);
          return 1;
        },
      },
      { settings },
    );
    await other.app.sendTask("fill", [], { link: step("later", [10]), queue: "full" });
    assert.equal(await other.app.AsyncResult("later").get({ timeout: 8 }), 11);
    await other.stop();
    redis.disconnect();
  });

  it("a part of a chord does not run, and says why", async () => {
    const result = await running.app.sendTask("add", [1, 2], { chord: step("body", []) });
    await assert.rejects(result.get({ timeout: 5 }), /a part of a chord yet/);
    const redis = inspector(server.url);
    assert.match(/** @type {string} */ (await redis.lindex("q.dead", 0)), /^{"reason":"workflow"/);
    redis.disconnect();
  });
});
