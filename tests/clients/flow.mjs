/** What a Node service does with jobs, each as a function; prints what is wrong with each as JSON. */
import assert from "node:assert/strict";

const TIMEOUT = { timeout: 20 };
const [url, name, nowhere] = process.argv.slice(2);
const { chain, chord, connect, group, OperationalError, TimeoutError } = await import(name);
const jobs = connect(url);
const [js, py] = [jobs.js.flow, jobs.py.flow];

/** @param {{ delay: () => Promise<any> }} call */
const resultOf = async (call) => (await call.delay()).get(TIMEOUT);

const checks = {
  async a_chain_over_both_languages() {
    assert.equal(await resultOf(chain(js.double.s(1), py.double.s(), js.double.s())), 8);
  },
  async a_step_with_further_arguments() {
    assert.equal(await resultOf(chord([js.double.s(1), py.double.s(2)], py.total.s(10))), 16);
    assert.equal(await resultOf(chord(group([js.double.s(1)]), js.total.s())), 2);
  },
  async an_immutable_step() {
    assert.equal(await resultOf(chain(js.double.s(1), py.double.si(5))), 10);
  },
  async a_group() {
    assert.deepEqual(await resultOf(group([js.double.s(0), py.double.s(1), js.double.s(2)])), [0, 2, 4]);
  },
  async progress() {
    for (const flow of [js, py]) {
      /** @type {number[]} */
      const seen = [];
      const job = await flow.progress.applyAsync([3], { countdown: 0.5 });
      const onProgress = (/** @type {{ done: number }} */ { done }) => seen.push(done);
      assert.equal(await job.get({ ...TIMEOUT, onProgress }), 3);
      assert.ok(seen.length > 0);
      assert.deepEqual(seen, seen.toSorted());
    }
  },
  async the_error_of_a_task() {
    await assert.rejects(resultOf({ delay: () => py.fail.delay("no such customer") }), {
      name: "LookupError",
      message: "no such customer",
    });
    await assert.rejects(resultOf({ delay: () => js.fail.delay("no such customer") }), { name: "RangeError" });
  },
  async the_error_of_an_earlier_task() {
    await assert.rejects(resultOf(chain(js.fail.s("early"), py.double.s())), /early/);
  },
  async no_result_in_time() {
    const job = await js.double.s(1).applyAsync({ countdown: 60 });
    await assert.rejects(job.get({ timeout: 0.2 }), (/** @type {Error} */ error) => {
      assert.ok(error instanceof TimeoutError);
      assert.match(error.message, /^task js_tasks\.tasks\.flow\.double\[.*\]: no result within 0\.2 s; .* PENDING$/);
      return true;
    });
    await job.revoke();
  },
  async wrong_arguments() {
    const sentence = "js_tasks.tasks.flow.double: got 2 arguments; it takes (x)";
    await assert.rejects(js.double.delay(1, 2), { name: "TypeError", message: sentence });
    assert.throws(() => js.double.named({ y: 1 }), /lacks x/);
    assert.throws(() => jobs.js.shapes.names_of_objects.named({}), /lacks constructor/);
    await assert.rejects(js.double.applyAsync([], { countdown: 1 }), /lacks x/);
    await assert.rejects(
      js.total.applyAsync([[1]], { kwargs: { more: 2 } }),
      /applyAsync\(\) takes arguments by position: give those by name to named\(\)/,
    );
    assert.throws(() => js.double.named({ x: 1, y: 1 }), /got y/);
  },
  async a_job_by_its_id() {
    const { id } = await js.double.delay(4);
    const job = js.double.job(id);
    await job.get(TIMEOUT);
    assert.deepEqual([await job.state, await job.ready()], ["SUCCESS", true]);
    assert.deepEqual(await js.double.job(id).look(), { name: "SUCCESS", info: 8, result: 8 });
    await job.forget();
    assert.equal(await js.double.job(id).state, "PENDING");
  },
  async named_calls_in_a_workflow() {
    assert.equal(await resultOf(chain(js.double.named({ x: 1 }).s(), py.double.s())), 4);
    assert.equal(await resultOf(chain(js.double.s(1), py.double.named({ x: 5 }).si())), 10);
  },
  async states() {
    const job = await js.progress.s(3).applyAsync({ countdown: 0.3 });
    const seen = [];
    for await (const state of job.states()) seen.push(state.name);
    assert.deepEqual([seen[0], seen.at(-1)], ["PENDING", "SUCCESS"]);
    assert.ok(seen.includes("PROGRESS"));
    for await (const state of (await js.progress.delay(1)).states()) if (state.name !== "PENDING") break;
  },
  async states_until_a_signal() {
    const stop = new AbortController();
    const states = js.double.job(crypto.randomUUID()).states({ signal: stop.signal });
    assert.equal((await states.next()).value.name, "PENDING");
    const next = states.next();
    stop.abort();
    assert.deepEqual(await next, { done: true, value: undefined });
  },
  async a_server_that_is_away() {
    const away = connect(nowhere).js.flow.double;
    const calls = {
      delay: () => away.delay(1),
      chain: () => chain(away.s(1), away.s()).delay(),
      get: () => away.job("id").get({ timeout: 30 }),
      state: () => away.job("id").state,
      revoke: () => away.job("id").revoke(),
    };
    for (const [what, call] of Object.entries(calls)) {
      const since = Date.now();
      await assert.rejects(call, (error) => error instanceof OperationalError, what);
      assert.ok(Date.now() - since < 15_000, `${what} took ${Date.now() - since} ms`);
    }
  },
};

/** @type {Record<string, string>} */
const found = {};
for (const [what, check] of Object.entries(checks)) {
  found[what] = await check().then(
    () => "",
    (error) => error.stack,
  );
}
await jobs.close();
process.stdout.write(JSON.stringify(found), () => process.exit());
