/** `inspect` shows the arguments of a message as values where they are small, else as their text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnvelope, decodeTask, encodeEnvelope, taskMessage } from "../../../src/protocol/message.js";
import { INSPECT_TASKS } from "../../../src/worker/control/commands/inspect-tasks.js";
import { cpuMs, SOON_MS } from "../../support/cpu.js";

/**
 * @param {unknown[]} args
 * @param {string} [compression]
 */
function requestOf(args, compression) {
  const place = { exchange: "", routingKey: "q", compression };
  const raw = encodeEnvelope(taskMessage({ taskId: "id1", name: "t", args }), place);
  const message = { ...decodeTask(decodeEnvelope(raw)), eta: "2030-01-01T00:00:00" };
  return { message, delivery: { raw }, task: { name: "t" }, execution: null, acknowledged: false };
}

/**
 * @param {string} name
 * @param {ReturnType<typeof requestOf>[]} requests
 * @returns {any}
 */
function ask(name, requests) {
  const dispatcher = { requests: { active: requests, reserved: requests, scheduled: requests } };
  const state = /** @type {any} */ ({ dispatcher, hostname: "w@h" });
  return INSPECT_TASKS.find((command) => command.name === name)?.run(state, { ids: ["id1"] });
}

const LARGE = "x".repeat(70_000);
const SHOWN = /^\('x+\.\.\.',?\)$/;

for (const compression of [undefined, "gzip"]) {
  const how = compression === undefined ? "" : " of a compressed message";
  test(`small arguments${how} are values`, () => {
    const [{ args, kwargs }] = ask("active", [requestOf([1, { a: ["b"] }], compression)]);

    assert.deepEqual([args, kwargs], [[1, { a: ["b"] }], {}]);
  });

  test(`large arguments${how} are texts in every answer`, () => {
    const request = requestOf([LARGE], compression);

    const texts = [
      ask("active", [request])[0].args,
      ask("reserved", [request])[0].args,
      ask("scheduled", [request])[0].request.args,
      ask("query_task", [request]).id1[1].args,
    ];

    for (const text of texts) assert.match(text, SHOWN);
  });
}

test("only so many values are in one answer", () => {
  const requests = Array(300).fill(requestOf([LARGE.slice(0, 40_000)]));
  const before = cpuMs();

  const answer = JSON.stringify(ask("active", requests));

  assert.ok(answer.length < 8_388_608);
  assert.ok(cpuMs() - before < SOON_MS);
});
