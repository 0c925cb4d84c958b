import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDeadLetter } from "../../src/transport/dead-letter.js";

const VERSION_1 = { task: "add", id: "in-body", args: [1, 2], kwargs: {} };
/** Headers, body, correlation id, and the id of the task. @type {Record<string, [unknown, unknown, string | null, string]>} */
const MESSAGES = {
  "protocol 2": [{ task: "add", id: "in-headers" }, [[1, 2], {}, {}], "correlation", "in-headers"],
  "protocol 1": [{}, VERSION_1, "correlation", "in-body"],
  "headers of protocol 2, body of protocol 1": [{ task: "add" }, VERSION_1, "correlation", "in-body"],
  "an id without a task": [{ id: "in-headers" }, [[1, 2], {}, {}], "correlation", "in-headers"],
  "an id that is not text": [{ task: "add", id: 7 }, [[1, 2], {}, {}], "correlation", "correlation"],
  "an id of half a surrogate pair": [{ task: "add", id: "\ud800" }, [[], {}, {}], "correlation", "correlation"],
  "a compressed body": [{ compression: "application/x-gzip" }, VERSION_1, "correlation", "correlation"],
  "no id": [{}, [[1, 2], {}, {}], null, ""],
};

describe("the task's id of a dead letter", () => {
  for (const [name, [headers, body, correlationId, expected]] of Object.entries(MESSAGES)) {
    it(`${name}: ${expected || "none"}`, () => {
      const envelope = {
        body: Buffer.from(JSON.stringify(body)).toString("base64"),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        headers,
        properties: { correlation_id: correlationId, delivery_tag: "1", body_encoding: "base64" },
      };

      const letter = readDeadLetter("jobs", Buffer.from(`{}\n${JSON.stringify(envelope)}`));

      assert.equal(letter.taskId, expected);
      assert.match(letter.id, expected ? new RegExp(`^${expected}$`) : /^[0-9a-f]{12}$/);
    });
  }
});
