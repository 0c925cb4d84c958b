import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeEvents, EventWriter, encodeEvents } from "../../src/protocol/events.js";

const writer = new EventWriter("w@h");
/** @param {import("../../src/protocol/events.js").WrittenEvent | import("../../src/protocol/events.js").WrittenEvent[]} events */
const roundTrip = (events) =>
  decodeEvents(encodeEvents(events, { exchange: "celeryev", routingKey: "task.multi", hostname: "w@h" }));

describe("a written event", () => {
  it("has Celery's fields, in Celery's order", () => {
    const [event] = roundTrip(writer.write("task-started", 7, { uuid: "a" }));
    const { timestamp, utcoffset, ...rest } = event;
    assert.deepEqual(rest, { hostname: "w@h", pid: process.pid, clock: 7, uuid: "a", type: "task-started" });
    assert.ok(Math.abs(timestamp - Date.now() / 1000) < 5);
    assert.equal(utcoffset, new Date().getTimezoneOffset() / 60);
    const common = ["hostname", "utcoffset", "pid", "clock"];
    assert.deepEqual(Object.keys(event), [...common, "uuid", "timestamp", "type"]);
  });

  it("travels alone or in a list, in order", () => {
    const events = [1, 2, 3].map((clock) => writer.write("task-started", clock, {}));
    assert.deepEqual(
      roundTrip(events).map(({ clock }) => clock),
      [1, 2, 3],
    );
    assert.equal(roundTrip(events[0])[0].clock, 1);
  });

  it("keeps any text and any value", () => {
    const fields = { text: 'ü "\n\u{1f600}', list: [1, { a: null }], none: null, small: 1e-7 };
    const [{ text, list, none, small }] = roundTrip(writer.write("task-custom", 1, fields));
    assert.deepEqual({ text, list, none, small }, fields);
  });

  it("is refused when its fields are no JSON, or are nested too deep", () => {
    assert.throws(() => writer.write("task-custom", 1, { big: 1n, set: new Map([[{}, 1]]) }), { name: "EncodeError" });
    /** @type {unknown} */
    let deep = 1;
    for (let level = 0; level < 400; level += 1) deep = [deep];
    assert.throws(() => writer.write("task-custom", 1, { deep }), /messageDepthLimit=300/);
  });
});
