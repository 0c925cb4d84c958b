/** The parameters of a task, as the catalogue lists them: Python's kinds, for Python's rules of calls. */
import { parseParameters } from "../tasks/parameters.js";
import { declaredParameters, sourceParameters } from "../tasks/source.js";
import { literalOf } from "./schema.js";

/**
 * @typedef {"positional_only" | "positional_or_keyword" | "var_positional" | "keyword_only" | "var_keyword"} Kind
 *
 * @typedef {object} TaskParameter
 * @property {string} name
 * @property {Kind} kind
 * @property {boolean} required
 * @property {{ value: unknown } | null} fallback its default, where the source shows it
 * @property {number} index of the function's parameter, `self` not counted
 * @property {string | null} key of the object pattern that this parameter is part of
 */

const ORDER = ["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"];

/**
 * @param {import("../tasks/discover.js").DiscoveredTask} task
 * @returns {TaskParameter[]} in the order of a Python signature
 * @throws {import("../errors.js").ImproperlyConfigured} when the parameters cannot be read
 */
export function taskParameters({ name, fn, options }) {
  const { bind, params } = options;
  const parsed = parseParameters(fn, { bind: bind ?? false, params, name });
  const all = params === undefined ? sourceParameters(fn, name) : declaredParameters(params, name);
  const patterns = all.slice(all.length - parsed.slots.length).map(({ pattern }) => pattern);
  const found = parsed.slots.flatMap((slot) => {
    const pattern = patterns[slot.index];
    if (slot.kind === "rest") return [restParameter(pattern, slot.index)];
    if (slot.kind === "keywords") return keywordParameters(slot, pattern);
    // A required parameter follows, so a call by position cannot leave this one out.
    const required = slot.required || parsed.positional.indexOf(slot) < parsed.minLength;
    const fallback = !required && pattern.type === "AssignmentPattern" ? literalOf(pattern.right) : null;
    const isNamed = /^[\p{ID_Start}$_]/u.test(slot.name);
    /** @type {Kind} */
    const kind = isNamed ? "positional_or_keyword" : "positional_only";
    const label = isNamed ? slot.name : `arg${slot.index}`;
    return [{ name: label, kind, required, fallback, index: slot.index, key: null }];
  });
  // A positional-only parameter stands before all others in Python.
  const lastUnnamed = found.findLastIndex(({ kind }) => kind === "positional_only");
  const inOrder = found.map((each, at) =>
    at < lastUnnamed && each.kind === "positional_or_keyword"
      ? { ...each, kind: /** @type {Kind} */ ("positional_only") }
      : each,
  );
  return inOrder.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** @param {import("acorn").Pattern} pattern @param {number} index @returns {TaskParameter} */
function restParameter(pattern, index) {
  const target = pattern.type === "RestElement" ? pattern.argument : pattern;
  const name = target.type === "Identifier" ? target.name : "args";
  return { name, kind: "var_positional", required: false, fallback: null, index, key: null };
}

/**
 * @param {import("../tasks/parameters.js").KeywordSlot} slot
 * @param {import("acorn").Pattern} pattern
 * @returns {TaskParameter[]}
 */
function keywordParameters(slot, pattern) {
  const { index } = slot;
  const target = pattern.type === "AssignmentPattern" ? pattern.left : pattern;
  const properties = target.type === "ObjectPattern" ? target.properties : [];
  return properties.map((property) => {
    if (property.type === "RestElement") {
      const name = property.argument.type === "Identifier" ? property.argument.name : "kwargs";
      return { name, kind: "var_keyword", required: false, fallback: null, index, key: null };
    }
    const name = property.key.type === "Identifier" ? property.key.name : String(literalOf(property.key)?.value);
    const required = slot.required.includes(name) && (!slot.hasDefault || slot.requiredByDefault.includes(name));
    const fallback = property.value.type === "AssignmentPattern" ? literalOf(property.value.right) : null;
    return { name, kind: "keyword_only", required, fallback, index, key: name };
  });
}
