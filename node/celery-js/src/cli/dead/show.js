/** `dead show`: prints one dead letter with all details. */
import { isUtf8 } from "node:buffer";
import { JSON_OUTPUT, UsageError } from "../command.js";
import { findLetter, idsOf, QUEUE, withDeadLetters } from "./selection.js";
import { age, cell, columns, json, printable, summary } from "./text.js";

/** The headers that describe the task. */
const HEADERS = ["argsrepr", "kwargsrepr", "retries", "eta", "expires", "origin"];

/** @type {import("../command.js").Command} */
export const show = {
  summary: "Show one dead letter and its message.\n\nID may be abbreviated.",
  args: "ID",
  options: { ...QUEUE, ...JSON_OUTPUT },
  run: async (call) => {
    const [id, ...rest] = idsOf(call.args);
    if (id === undefined || rest.length > 0) throw new UsageError("show takes one ID.");
    const letter = await withDeadLetters(call, (store, queues) => findLetter(store, queues, id));
    return call.terminal.print(call.values.json ? asJson(letter) : asText(letter, call.terminal));
  },
};

/** @param {import("./selection.js").DeadLetter} letter */
function asJson(letter) {
  const isText = isUtf8(letter.raw);
  const message = isText ? letter.raw.toString() : null;
  const base64 = isText ? null : letter.raw.toString("base64");
  return json({ ...summary(letter), body: letter.body, message, message_base64: base64 });
}

/**
 * @param {import("./selection.js").DeadLetter} letter
 * @param {import("../terminal.js").Terminal} terminal
 */
function asText(letter, terminal) {
  const { id, task, reason, time, worker, deliveries, queue, headers, body, raw } = letter;
  const when = time === null ? null : `${new Date(time).toISOString()} (${age(time)} ago)`;
  const rows = Object.entries({ id, task, reason, time: when, worker, deliveries, queue });
  for (const name of HEADERS) {
    const value = headers[name];
    if (typeof value === "string" || Number.isInteger(value)) rows.push([name, /** @type {string | number} */ (value)]);
  }
  if (body !== null) rows.push(["body", body]);
  const lines = columns(rows.map(([name, value]) => [name, cell(value)]));
  return [...lines, "", terminal.bold("message"), printable(raw)].join("\n");
}
