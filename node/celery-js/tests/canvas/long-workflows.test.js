/** Workflows as long as a message may have them: the time grows with their length, not with its square. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { pipe, pipeAll } from "../../src/canvas/compose.js";
import { replacementFor } from "../../src/canvas/replacement.js";
import { Celery, chain, chord, group, signature } from "../../src/index.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

const app = new Celery("test", { brokerUrl: "redis://127.0.0.1:1/0" });
after(() => app.close());

let made = 0;
/** @param {object} [options] */
const step = (options = {}) => app.signature(`task${made++}`, [], options);
/** @param {number} count */
const steps = (count) => Array.from({ length: count }, () => step());

/** @type {ReadonlyArray<() => import("../../src/canvas/types.js").AnySignature>} */
const LEFT = [
  () => step(),
  () => step({ taskId: "a" }),
  () => chain(step(), step()),
  () => chain(step(), step()).set({ groupId: "g" }),
  () => {
    const linked = chain(step(), step());
    linked.link(step());
    linked.linkError(step());
    return linked;
  },
  () => chord(steps(2), step()),
  () => chord(steps(1), chain(step(), step())).set({ groupId: "g" }),
  () => chain(step(), chord(steps(2), step())).set({ groupId: "g" }),
  () => chain(step(), group(steps(2))),
];
/** @type {ReadonlyArray<() => import("../../src/canvas/types.js").AnySignature[]>} */
const RIGHT = [
  () => [],
  () => steps(1),
  () => steps(3),
  () => [step(), group(steps(2)), step()],
  () => [group(steps(2)), step(), step()],
  () => [step(), chord(steps(1), step()), step()],
  () => [chain(step(), step()), step()],
  () => [step(), group([]), step()],
];

test("many steps are piped as one after the other", () => {
  for (const left of LEFT) {
    for (const right of RIGHT) {
      made = 0;
      const [one, ones] = [left(), right()];
      made = 0;
      const [all, alls] = [left(), right()];
      assert.deepEqual(
        JSON.parse(JSON.stringify(pipeAll(all, alls))),
        JSON.parse(JSON.stringify(ones.reduce(pipe, one))),
      );
    }
  }
});

test("a task of a long chain is replaced soon", () => {
  const rest = steps(5_000).map((each) => each.toJSON());
  const before = cpuMs();
  for (const given of [step(), chord(steps(2), step())]) {
    const request = { id: "a", chain: rest, replacedTaskNesting: 0 };
    replacementFor(app, given, /** @type {Parameters<typeof replacementFor>[2]} */ (/** @type {unknown} */ (request)));
  }
  assert.ok(cpuMs() - before < 2 * SOON_MS);
});

test("a chain that begins with many empty groups is prepared soon", () => {
  const empty = group([]).toJSON();
  const tasks = [...Array.from({ length: 100_000 }, () => empty), step().toJSON()];
  const long = signature(
    { task: "celery.chain", args: [], kwargs: { tasks }, options: {}, subtask_type: "chain" },
    app,
  );
  const before = cpuMs();
  long.freeze();
  assert.ok(cpuMs() - before < 2 * SOON_MS);
});
