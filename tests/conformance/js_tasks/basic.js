/** Arguments and results. */
import { DateTime, Decimal, PlainDate, PlainTime, task, UUID } from "../celery-js.js";

export const add = (x, y) => x + y;

export const greet = (name, greeting = "Hello") => `${greeting}, ${name}!`;

/** Python: `def order(item, *, amount, note="")`. */
export const order = (item, { amount, note = "" }) => [item, amount, note];

export const echo = (value) => value;

export const nothing = () => null;

export const measure = (text) => text.length;

export const forgotten = task({ ignoreResult: true }, () => "nobody asks");

/** @type {[Function, string][]} */
const KINDS = [
  [DateTime, "datetime"],
  [PlainDate, "date"],
  [PlainTime, "time"],
  [Decimal, "decimal"],
  [UUID, "uuid"],
  [Uint8Array, "bytes"],
];

/** What a value is when it arrives: the names of its kinds, in its own shape. */
export function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.map(kind);
  const known = KINDS.find(([cls]) => value instanceof cls);
  if (known) return known[1];
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, kind(member)]));
}

/** The typed values, made in the language of the worker. */
export const make_typed = () => ({
  datetime: new Date(Date.UTC(2026, 10, 22, 10, 11, 12, 345)),
  date: new PlainDate("2026-11-22"),
  time: new PlainTime("10:11:12"),
  decimal: new Decimal("12.50"),
  uuid: new UUID("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55"),
  bytes: new Uint8Array([0, 159, 255]),
});
