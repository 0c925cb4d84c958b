/** Copies of a signature's options. */
import { Signature } from "./signature.js";

/**
 * Options as they are now: a signature among them becomes its dict, so that freezing the one that is copied changes nothing
 * here (`Signature.__deepcopy__`). Arguments are shared.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
export function snapshot(value) {
  if (Array.isArray(value)) return value.map(snapshot);
  if (value instanceof Signature) {
    const data = value.toJSON();
    return { ...data, options: snapshot(data.options) };
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snapshot(member)]));
}
