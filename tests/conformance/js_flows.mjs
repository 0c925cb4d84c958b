/**
 * A JavaScript client of workflows: runs every scenario below against the queues that it is given, and prints what each came
 * to as JSON. Of several queues, the tasks of a workflow take one after the other.
 */
import { Celery, chain, chord, group } from "./celery-js.js";

const { settings, queues } = JSON.parse(process.argv[2]);
const app = new Celery("conformance_flows", settings);
const TIMEOUT = { timeout: 20 };

let sent = 0;
const queue = () => queues[sent++ % queues.length];
const s = (task, ...args) => app.signature(`conformance.${task}`, args, { queue: queue() });
const add = (...args) => s("basic.add", ...args);
const fail = () => s("errors.fail", "no").set({ immutable: true });
const run = async (workflow, ...args) => (await workflow.delay(...args)).get(TIMEOUT);
const errorOf = async (result) => {
  const error = await result.get({ ...TIMEOUT, propagate: false, followParents: false });
  return [error.name, error.message.replace(/[0-9a-f-]{36}/, "ID")];
};

const SCENARIOS = {
  chain: () => run(chain(add(1, 2), add(10), add(100))),
  "partial arguments": () => run(chain(add(2), add(10)), 1),
  "a chain of one": () => run(chain(add(1, 2))),
  "an empty chain": async () => (await chain().delay()) === null,
  "a chain of groups": () =>
    run(chain(add(1, 1), group(add(10), add(10)), s("canvas.tsum"), group(add(20), add(20)), s("canvas.tsum"))),
  group: () => run(group([1, 2, 3].map((n) => add(n, n)))),
  "a nested group": () => run(group(add(1, 1), group(add(2, 2), add(3, 3)))),
  "an empty group": () => run(group()),
  chord: () => run(chord([add(1, 1), add(2, 2)], s("canvas.tsum"))),
  "a chord without a header": () => run(chord([], s("canvas.tsum"))),
  "a wide chord": () =>
    run(
      chord(
        Array.from({ length: 1000 }, (_, n) => add(n, n)),
        s("canvas.tsum"),
      ),
    ),
  "nested chords": () => run(chord([chord([add(1, 1), add(2, 2)], s("canvas.tsum")), add(3, 3)], s("canvas.collect"))),
  "a group in a header": () => run(chord([group(add(1, 1), add(2, 2)), add(3, 3)], s("canvas.collect"))),
  "a group in a group at the end of a chain": () => run(chain(add(1, 1), group(group(add(10), add(20)), add(30)))),
  "a chain that ends in a group in a header": () =>
    run(chord([chain(add(1, 1), group(add(10), add(20))), add(3, 3)], s("canvas.collect"))),
  "a group as body": () => run(chord([add(1, 1), add(2, 2)], group(s("canvas.tsum"), s("canvas.collect")))),
  "a chord in a chain": () => run(chain(add(1, 1), chord([add(1), add(2)], s("canvas.tsum")), add(100))),
  "a failing part": async () => errorOf(await chord([add(1, 1), fail()], s("canvas.tsum")).applyAsync()),
  "a failing chain": async () => errorOf(await chain(fail(), add(1), add(2)).applyAsync()),
  "a failing parent": async () => {
    const result = await chain(add(1, 1), fail(), add(1)).applyAsync();
    await errorOf(result);
    return result.get(TIMEOUT).catch((error) => [error.name, error.message]);
  },
  "a replaced task": () => run(s("canvas.replace", group(add(1, 1), add(2, 2)))),
  "an extended chord": async () => {
    const [results] = await run(chord([s("canvas.extend", add(20, 20)), add(1, 1)], s("canvas.collect")));
    return results.map(String).toSorted();
  },
  "a callback": async () => {
    const signature = add(1, 2);
    signature.link(add(10));
    const result = await signature.applyAsync();
    await result.get(TIMEOUT);
    const [child] = await result.children;
    return child.get(TIMEOUT);
  },
  parents: async () => {
    const result = await chain(add(1, 1), group(add(10), add(20)), s("canvas.tsum")).applyAsync();
    const values = [await result.get(TIMEOUT)];
    for (let node = result.parent; node !== null; node = node.parent) values.push(await node.get(TIMEOUT));
    return [values, result.asList().length];
  },
  collect: async () => {
    const result = await s("canvas.apply", group(add(1, 1), add(2, 2))).applyAsync();
    await result.get(TIMEOUT);
    await (await result.children)[0].get(TIMEOUT);
    const values = [];
    for await (const [, value] of result.collect(TIMEOUT)) values.push(value);
    return values.slice(1);
  },
  "a saved group": async () => {
    const result = await group(add(1, 1), add(2, 2)).applyAsync();
    await result.save();
    const restored = await app.restoreGroup(result.id);
    if (restored === null) return null;
    const values = await restored.join(TIMEOUT);
    await restored.delete();
    return [values, await restored.completedCount(), await app.restoreGroup(result.id)];
  },
  "results as they come": async () => {
    const result = await group(add(1, 1), add(2, 2)).applyAsync();
    const values = [];
    for await (const [, value] of result.iterate(TIMEOUT)) values.push(value);
    return values.toSorted((a, b) => a - b);
  },
  "a forgotten result": async () => {
    const result = await add(1, 1).applyAsync();
    await result.get(TIMEOUT);
    const before = await result.exists();
    await result.forget();
    return [before, await app.AsyncResult(result.id).exists()];
  },
  stamps: async () => {
    const workflow = chain(s("canvas.place"), s("canvas.place")).stamp({ tenant: "shop" });
    const { stamps, args } = await run(workflow);
    return [stamps, args[0].stamps];
  },
  "a workflow rebuilt from data": async () => {
    const data = await run(s("canvas.give_back", chain(add(1, 1), add(10))));
    return run(app.signature(data));
  },
};

const entries = await Promise.all(
  Object.entries(SCENARIOS).map(async ([name, scenario]) => [
    name,
    await scenario().catch((error) => `${error.name}: ${error.message}`),
  ]),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(entries))}\n`);
