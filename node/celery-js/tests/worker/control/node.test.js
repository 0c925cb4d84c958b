/** Control commands that name something of millions of characters: the answer and the log line show the beginning. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeReply } from "../../../src/protocol/pidbox.js";
import { ControlNode } from "../../../src/worker/control/node.js";
import { Panel } from "../../../src/worker/control/panel.js";
import { cpuMs, SOON_MS } from "../../support/cpu.js";

const LONG = "\x7f".repeat(20_000_000);
const replyTo = { exchange: "reply", routingKey: "me" };

/** @param {{ method: string, arguments: Record<string, unknown> }} command */
async function answerTo(command) {
  /** @type {string[]} */
  const lines = [];
  const log = {
    debug() {},
    warn: (/** @type {object} */ _, text = "") => lines.push(text),
    error: (/** @type {object} */ _, text = "") => lines.push(text),
  };
  const clock = { adjust() {}, forward: () => 1 };
  /** @type {string} */
  const raw = await new Promise((resolve) => {
    const transport = { reply: async (/** @type {unknown} */ _, /** @type {string} */ text) => resolve(text) };
    const state = /** @type {any} */ ({ log, clock, transport, hostname: "w@h" });
    const node = new ControlNode({ state, panel: new Panel([]), isLimited: false });
    node.receive({ ...command, destination: null, pattern: null, matcher: null, replyTo, ticket: "t", clock: 1 });
  });
  return { answer: /** @type {{ error: string }} */ (decodeReply(raw).replies["w@h"]), lines };
}

for (const [what, command, error] of /** @type {const} */ ([
  ["an unknown argument", { method: "report", arguments: { [LONG]: 1 } }, /unexpected keyword argument '.+\.\.\.'/],
  ["a rate", { method: "rate_limit", arguments: { task_name: "t", rate_limit: LONG } }, /could not convert/],
])) {
  test(`${what} is shown in part`, async () => {
    const before = cpuMs();

    const { answer, lines } = await answerTo(command);

    assert.match(answer.error, error);
    assert.ok(answer.error.length < 2_000, String(answer.error.length));
    assert.ok(lines.join().length < 2_000);
    assert.ok(cpuMs() - before < SOON_MS);
  });
}
