/** Values as Python's `str()` and `print` show them. */
import { DateTime, Decimal, PlainDate, PlainTime, UUID } from "../protocol/json.js";
import { pythonRepr } from "../protocol/repr.js";

/** Values that are shown without the name of their type. */
const TEXTS = [Decimal, PlainDate, PlainTime, UUID];

/**
 * @param {unknown} value
 * @returns {string}
 */
export function pythonText(value) {
  if (value instanceof DateTime) return value.isoFormat().replace("T", " ");
  const isText = TEXTS.some((kind) => value instanceof kind);
  return typeof value === "string" || isText ? String(value) : pythonRepr(value);
}
