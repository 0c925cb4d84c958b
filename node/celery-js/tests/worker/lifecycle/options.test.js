/** The options of a worker, and how it refuses wrong ones. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Celery } from "../../../src/index.js";

describe("a worker's queues", () => {
  for (const queues of [[7], [null], [["a"]], ["a", undefined], [""], ['a"b'], ["a\nb"], [], "a", { a: 1 }]) {
    it(`${JSON.stringify(queues)} is refused: a list is expected`, async () => {
      const app = new Celery("test");
      const options = /** @type {{ queues: string[] }} */ (/** @type {unknown} */ ({ queues }));
      assert.throws(() => app.worker(options), {
        name: "ImproperlyConfigured",
        message: `queues=${JSON.stringify(queues)}: expected a list of queue names`,
      });
      await app.close();
    });
  }
});
