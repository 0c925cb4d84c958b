import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SettleBatcher } from "../../../src/worker/completion/settle-batcher.js";

/** A settle batcher whose batches are answered by hand. */
function makeSettleBatcher() {
  /** @type {Array<{ ids: string[], sent: () => void, answer: (gone: string[], refused?: Array<[string, Error]>, unsent?: string[]) => void, fail: (error: Error) => void }>} */
  const batches = [];
  /** @type {Error[]} */
  const errors = [];
  /** @type {string[]} */
  const gone = [];
  /** @type {string[]} */
  const refusals = [];
  /** @type {string[]} */
  const faults = [];
  const settleBatcher = new SettleBatcher({
    settle: (items, sent) =>
      new Promise((resolve, fail) => {
        const ids = items.map(({ taskId }) => taskId);
        const itemOf = (/** @type {string} */ id) => items[ids.indexOf(id)];
        /** @type {(typeof batches)[number]["answer"]} */
        const answer = (gone, refused = [], unsent = []) =>
          resolve({
            gone: gone.flatMap((id) => itemOf(id).delivery ?? []),
            refused: new Map(refused.map(([id, error]) => [itemOf(id), error])),
            unsent: unsent.map(itemOf),
          });
        batches.push({ ids, sent, answer, fail });
      }),
    onGone: (taskId) => void gone.push(taskId),
    onRefused: ({ taskId }, { message }) => refusals.push(`${taskId}: ${message}`),
    onRoom: () => {},
    onFailed: (error) => errors.push(error),
    onFault: ({ message }, taskId) => faults.push(`${taskId}: ${message}`),
  });
  let number = 0;
  /** @param {string} id @param {(outcome: string) => void} [done] */
  const add = (id, done) => {
    number += 1;
    settleBatcher.add({ number, tag: `w:${number}`, queue: "q", workersLost: 0, raw: "" }, id, "", done);
  };
  return { settleBatcher, add, batches, errors, faults, gone, refusals };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the settle batcher", () => {
  it("batches the tasks that finished in one event-loop turn", async () => {
    const { add, batches } = makeSettleBatcher();
    for (const id of ["a", "b", "c"]) add(id);
    await turn();
    assert.deepEqual(
      batches.map(({ ids }) => ids),
      [["a", "b", "c"]],
    );
  });

  it("collects while two batches are under way", async () => {
    const { add, batches } = makeSettleBatcher();
    for (const id of ["a", "b", "c", "d"]) {
      add(id);
      await turn();
    }
    assert.deepEqual(
      batches.map(({ ids }) => ids),
      [["a"], ["b"]],
    );
    batches[0].answer([]);
    await turn();
    assert.deepEqual(batches.at(-1)?.ids, ["c", "d"]);
  });

  it("holds messages until sent, and no results without one", async () => {
    const { settleBatcher, batches } = makeSettleBatcher();
    const delivery = { number: 1, tag: "w:1", queue: "q", workersLost: 0, raw: "" };
    settleBatcher.add(delivery, "a", "");
    settleBatcher.add({ ...delivery, number: 2 }, "b", "");
    settleBatcher.add(null, "without a message", "");
    await turn();

    assert.equal(settleBatcher.held, 2);
    batches[0].sent();
    assert.equal(settleBatcher.held, 0);
    assert.equal(settleBatcher.pending, 3);
    batches[0].answer([]);
    await turn();
    assert.deepEqual([settleBatcher.held, settleBatcher.pending], [0, 0]);
  });

  it("tells each waiting caller whether its lease was gone", async () => {
    const { add, batches } = makeSettleBatcher();
    const outcomes = ["a", "b"].map((id) => new Promise((resolve) => add(id, resolve)));
    await turn();
    batches[0].answer(["b"]);
    assert.deepEqual(await Promise.all(outcomes), ["settled", "gone"]);
  });

  it("reports a refused result and settles the others", async () => {
    const { add, batches, gone, refusals } = makeSettleBatcher();
    const outcomes = ["a", "b", "c"].map((id) => new Promise((resolve) => add(id, resolve)));
    await turn();
    batches[0].answer(["c"], [["b", new Error("WRONGTYPE")]]);
    assert.deepEqual(await Promise.all(outcomes), ["settled", "refused", "gone"]);
    assert.deepEqual(gone, ["c"]);
    assert.deepEqual(refusals, ["b: WRONGTYPE"]);
  });

  it("reports what was stored and could not be sent", async () => {
    const { add, batches } = makeSettleBatcher();
    const outcomes = ["a", "b"].map((id) => new Promise((resolve) => add(id, resolve)));
    await turn();
    batches[0].answer([], [], ["a"]);
    assert.deepEqual(await Promise.all(outcomes), ["unsent", "settled"]);
  });

  it("limits a batch to a few megabytes of results", async () => {
    const { settleBatcher, batches } = makeSettleBatcher();
    const mebibyte = "x".repeat(1024 * 1024);
    for (const id of ["a", "b", "c", "d", "e"]) settleBatcher.add(null, id, mebibyte);
    settleBatcher.add(null, "huge", mebibyte.repeat(8));
    settleBatcher.add(null, "f", mebibyte);
    await turn();
    for (let i = 0; i < 4; i += 1) {
      batches[i].answer([]);
      await turn();
    }
    assert.deepEqual(
      batches.map(({ ids }) => ids.join("")),
      ["abcd", "e", "huge", "f"],
    );
  });

  it("drains when the last batch is answered", async () => {
    const { settleBatcher, add, batches } = makeSettleBatcher();
    add("a");
    await turn();
    let drained = false;
    const drain = settleBatcher.drain().then(() => {
      drained = true;
    });
    await turn();
    assert.equal(drained, false);
    batches[0].answer([]);
    await drain;
    assert.equal(settleBatcher.pending, 0);
  });

  it("reports a batch that the transport gave up", async () => {
    const { settleBatcher, add, batches, errors } = makeSettleBatcher();
    add("a");
    await turn();
    batches[0].fail(new Error("closed"));
    await settleBatcher.drain();
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["closed"],
    );
  });
});

describe("a callback that throws", () => {
  it("is reported, and the others of its batch are called", async () => {
    const { settleBatcher, add, batches, faults } = makeSettleBatcher();
    /** @type {string[]} */
    const ended = [];
    add("a", () => {
      throw new Error("odd");
    });
    for (const id of ["b", "c"]) add(id, (outcome) => ended.push(`${id}: ${outcome}`));
    await turn();

    batches[0].answer([], [["c", new Error("too long")]]);
    await turn();

    assert.deepEqual(ended, ["b: settled", "c: refused"]);
    assert.deepEqual(faults, ["a: odd"]);
    assert.equal(settleBatcher.pending, 0);
  });
});
