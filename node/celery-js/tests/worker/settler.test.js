import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Settler } from "../../src/worker/settler.js";

/** A settler whose batches are answered by hand. */
function makeSettler() {
  /** @type {Array<{ ids: string[], answer: (gone: number[]) => void, fail: (error: Error) => void }>} */
  const batches = [];
  /** @type {Error[]} */
  const errors = [];
  const settler = new Settler({
    settle: (settlements) =>
      new Promise((answer, fail) => batches.push({ ids: settlements.map(({ taskId }) => taskId), answer, fail })),
    onSettled: () => {},
    onRoom: () => {},
    onFailed: (error) => errors.push(error),
  });
  return { settler, batches, errors };
}
/** @param {string} taskId */
const settlement = (taskId) => ({ number: 1, taskId, result: "" });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the settler", () => {
  it("sends what finished in one turn of the event loop as one batch", async () => {
    const { settler, batches } = makeSettler();
    for (const id of ["a", "b", "c"]) settler.add(settlement(id));
    await turn();
    assert.deepEqual(
      batches.map(({ ids }) => ids),
      [["a", "b", "c"]],
    );
  });

  it("gathers while two batches are under way, and sends the rest when one is answered", async () => {
    const { settler, batches } = makeSettler();
    for (const id of ["a", "b", "c", "d"]) {
      settler.add(settlement(id));
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

  it("tells each waiting caller whether its lease was gone", async () => {
    const { settler, batches } = makeSettler();
    const outcomes = ["a", "b"].map((id) => new Promise((resolve) => settler.add(settlement(id), resolve)));
    await turn();
    batches[0].answer([1]);
    assert.deepEqual(await Promise.all(outcomes), [false, true]);
  });

  it("drains when the last batch is answered", async () => {
    const { settler, batches } = makeSettler();
    settler.add(settlement("a"));
    await turn();
    let drained = false;
    const drain = settler.drain().then(() => {
      drained = true;
    });
    await turn();
    assert.equal(drained, false);
    batches[0].answer([]);
    await drain;
    assert.equal(settler.pending, 0);
  });

  it("reports a batch that the transport gave up, and counts it as over", async () => {
    const { settler, batches, errors } = makeSettler();
    settler.add(settlement("a"));
    await turn();
    batches[0].fail(new Error("closed"));
    await settler.drain();
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["closed"],
    );
  });
});
