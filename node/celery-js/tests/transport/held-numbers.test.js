import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldNumbers, HeldNumbersView } from "../../src/transport/redis/held-numbers.js";

const PAGE = 1024;

/** @returns {{ held: HeldNumbers, view: HeldNumbersView, pages: Float64Array[] }} both ends */
function bothEnds() {
  const view = new HeldNumbersView();
  /** @type {Float64Array[]} */
  const pages = [];
  const held = new HeldNumbers((page) => {
    pages.push(page);
    view.addPage(page);
  });
  return { held, view, pages };
}

/** @param {number[]} numbers @returns {{ number: number, heldAt?: number }[]} */
const deliveriesOf = (...numbers) => numbers.map((number) => ({ number }));

test("the thread sees what is held, with its limits", () => {
  const { held, view } = bothEnds();

  held.hold(deliveriesOf(7, 9), [0, 500]);

  assert.deepEqual([...view.limits].sort(), [
    [7, 0],
    [9, 500],
  ]);
});

test("a released place is used again", () => {
  const { held, view, pages } = bothEnds();

  for (let number = 1; number <= 3 * PAGE; number += 1) {
    const [delivery] = deliveriesOf(number);
    held.hold([delivery], [0]);
    held.release([{ delivery }]);
  }

  assert.equal(view.limits.size, 0);
  assert.equal(pages.length, 1);
});

test("releasing twice does not release the delivery that has the place now", () => {
  const { held, view } = bothEnds();
  const [first, second] = deliveriesOf(1, 2);
  held.hold([first], [0]);
  held.release([{ delivery: first }]);
  held.hold([second], [0]);

  held.release([{ delivery: first }, { delivery: null }]);

  assert.deepEqual([...view.limits.keys()], [2]);
});

test("more deliveries than a page has get another page", () => {
  const { held, view, pages } = bothEnds();
  const deliveries = deliveriesOf(...Array.from({ length: PAGE + 1 }, (_, i) => i + 1));

  held.hold(
    deliveries,
    deliveries.map(() => 0),
  );

  assert.equal(pages.length, 2);
  assert.equal(view.limits.size, PAGE + 1);
});

test("a lost number is reported once, and forgotten when it is released", () => {
  const { held, view } = bothEnds();
  const [delivery, other] = deliveriesOf(1, 2);
  held.hold([delivery, other], [0, 0]);

  assert.deepEqual(view.lose([1, 5]), [1]);
  assert.deepEqual(view.lose([1]), []);
  assert.deepEqual([...view.limits.keys()], [2]);

  held.deleteNumbers(new Set([1]));
  held.release([{ delivery }]);
  assert.deepEqual([...view.limits.keys()], [2]);
});
