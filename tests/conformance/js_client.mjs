/**
 * A JavaScript client: for each line of its input, makes the calls that it is given as JSON, and prints as JSON what became of
 * each. It closes nothing: a script ends by itself once its results are in.
 */
import { createInterface } from "node:readline";
import * as celery from "./celery-js.js";

/** @typedef {import("../../node/celery-js/src/protocol/exceptions.js").DecodedException} DecodedException */

/** @typedef {new (...args: any[]) => Error} ErrorClass */

const ERROR_CLASSES = /** @type {[string, ErrorClass][]} */ (
  Object.entries(celery).filter(([, value]) => typeof value === "function" && value.prototype instanceof Error)
);

/** Values that JSON has no word for, by name. */
const VALUES = {
  date: () => new Date(Date.UTC(2026, 10, 22, 10, 11, 12, 345)),
  plainDate: () => new celery.PlainDate("2026-11-22"),
  plainTime: () => new celery.PlainTime("10:11:12.345678"),
  decimal: () => new celery.Decimal("1234567890.12345678901234567890"),
  uuid: () => new celery.UUID("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55"),
  bytes: () => new Uint8Array([0, 159, 255]),
  nan: () => Number.NaN,
  function: () => () => {},
};

for await (const line of createInterface({ input: process.stdin })) {
  const { settings, calls } = JSON.parse(line);
  const app = new celery.Celery("conformance_client", settings);
  const outcomes = await Promise.all(calls.map((call) => outcome(app, call)));
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
}

async function outcome(app, { task, args = [], options = {}, special = [], timeout = 15, revoke = false, read = [] }) {
  try {
    const result = await app.sendTask(
      `conformance.${task}`,
      [...args, ...special.map((name) => VALUES[name]())],
      options,
    );
    if (revoke) await result.revoke();
    const value = await result.get({ timeout });
    const fields = Object.fromEntries(await Promise.all(read.map(async (name) => [name, await result[name]])));
    return { id: result.id, value, state: await result.state, kind: kindOf(value), text: textOf(value), fields };
  } catch (error) {
    const { name, message, args: errorArgs, excType, excModule, traceback } = /** @type {DecodedException} */ (error);
    const kinds = ERROR_CLASSES.filter(([, cls]) => error instanceof cls).map(([name]) => name);
    return { error: { name, message, args: errorArgs, excType, excModule, traceback, kinds } };
  }
}

function textOf(value) {
  return String(value instanceof Uint8Array ? Array.from(value) : value);
}

function kindOf(value) {
  return value === null ? "null" : typeof value === "object" ? value.constructor.name : typeof value;
}
