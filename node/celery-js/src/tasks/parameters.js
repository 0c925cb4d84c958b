/**
 * The parameters of a task, parsed once at registration. Binding (binding.js) only reads them.
 *
 * The JavaScript forms and what they are in Python:
 *
 * | JavaScript                 | Python              |                                                             |
 * | -------------------------- | ------------------- | ----------------------------------------------------------- |
 * | `x`, `x = 1`               | `x`, `x=1`          | by position or by name                                      |
 * | `{ a, b: local = 2 }`      | `*, a, b=2`         | the keyword is the key; the local name does not matter      |
 * | `{ a, ...kw }`             | `*, a, **kw`        |                                                             |
 * | `...rest`                  | `*rest`             |                                                             |
 * | `[x, y]`                   | (none)              | one positional without a name                               |
 */
import { ImproperlyConfigured } from "../errors.js";
import { declaredParameters, requireTaskFunction, sourceParameters } from "./source.js";

/** @typedef {import("./source.js").SourceParameter} SourceParameter */

/**
 * A parameter that one positional argument fills, or a keyword of its name.
 *
 * @typedef {object} PositionalSlot
 * @property {"positional"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 * @property {string} name its source text, when it is an array pattern
 * @property {boolean} required
 */

/**
 * An object pattern: keyword arguments.
 *
 * @typedef {object} KeywordSlot
 * @property {"keywords"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 * @property {ReadonlySet<string>} keys
 * @property {boolean} rest true when it ends in `...kw`
 * @property {readonly string[]} required the keys without a default
 * @property {boolean} hasDefault true when the whole pattern has one
 * @property {readonly string[]} requiredByDefault the keys that are missing when nothing at all is given for the
 *   pattern: those of `required` that the default of the whole pattern does not bring
 */

/**
 * @typedef {object} RestSlot
 * @property {"rest"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 */

/** @typedef {PositionalSlot | KeywordSlot | RestSlot} Slot */

/**
 * @typedef {object} Parameters
 * @property {readonly Slot[]} slots in order, without `self`
 * @property {readonly PositionalSlot[]} positional
 * @property {readonly KeywordSlot[]} keywords
 * @property {RestSlot | null} rest
 * @property {ReadonlyMap<string, PositionalSlot | KeywordSlot>} owners the parameter that takes a keyword: the first of that
 *   name
 * @property {KeywordSlot | null} surplus the pattern that takes all other keywords
 * @property {number} selfCount 1 when a bound task's `self` was dropped: Python counts it in its messages
 * @property {number} minLength the number of arguments that fills every required positional parameter
 * @property {number} maxLength more arguments than this are surplus; Infinity with a rest parameter
 */

/**
 * Reads the parameters of a task's function.
 *
 * @param {import("./source.js").AnyFunction} fn
 * @param {object} [options]
 * @param {boolean} [options.bind] true drops the first parameter, which is `self`
 * @param {readonly string[]} [options.params] the parameters declared by the task, which override the source; `self`
 *   may be left out. See `declaredParameters` for how an entry is written
 * @param {string} [options.name] the task's name, for messages
 * @returns {Parameters}
 * @throws {ImproperlyConfigured} when the function cannot be a task (class, generator), or its parameters cannot be
 *   read
 */
export function parseParameters(fn, { bind = false, params, name = fn.name } = {}) {
  const label = name === "" ? "the task" : `task ${name}`;
  requireTaskFunction(fn, label);
  const all = params === undefined ? sourceParameters(fn, label) : declaredParameters(params, label);
  const hasSelf = bind && (params === undefined ? takesSelf(all[0]) : all[0]?.text === "self");
  const slots = (hasSelf ? all.slice(1) : all).map((parameter, index) => slotOf(parameter, index, label));
  return summarize(slots, bind && (hasSelf || params !== undefined) ? 1 : 0);
}

/**
 * @param {SourceParameter | undefined} first
 * @returns {boolean} false for `(...args)`, where `self` is one of the rest, as in Python
 */
function takesSelf(first) {
  return first !== undefined && first.pattern.type !== "RestElement";
}

/**
 * @param {readonly Slot[]} slots
 * @param {number} selfCount
 * @returns {Parameters}
 */
function summarize(slots, selfCount) {
  const positional = slots.filter((slot) => slot.kind === "positional");
  const keywords = slots.filter((slot) => slot.kind === "keywords");
  const rest = slots.find((slot) => slot.kind === "rest") ?? null;
  return {
    slots,
    positional,
    keywords,
    rest,
    owners: keywordOwners(slots),
    surplus: keywords.find((slot) => slot.rest) ?? null,
    selfCount,
    minLength: positional.findLastIndex((slot) => slot.required) + 1,
    maxLength: rest === null ? positional.length : Number.POSITIVE_INFINITY,
  };
}

/**
 * @param {readonly Slot[]} slots
 * @returns {Map<string, PositionalSlot | KeywordSlot>}
 */
function keywordOwners(slots) {
  /** @type {Map<string, PositionalSlot | KeywordSlot>} */
  const owners = new Map();
  for (const slot of slots) {
    if (slot.kind === "rest") continue;
    for (const name of slot.kind === "keywords" ? slot.keys : [slot.name]) {
      if (!owners.has(name)) owners.set(name, slot);
    }
  }
  return owners;
}

/**
 * @param {SourceParameter} parameter
 * @param {number} index
 * @param {string} label
 * @returns {Slot}
 */
function slotOf({ pattern, text }, index, label) {
  if (pattern.type === "RestElement") return { kind: "rest", index };
  const [target, fallback] = pattern.type === "AssignmentPattern" ? [pattern.left, pattern.right] : [pattern, null];
  if (target.type === "ObjectPattern") return keywordSlot(target, fallback, index, label);
  const name = target.type === "Identifier" ? target.name : text.slice(0, target.end - target.start);
  return { kind: "positional", index, name, required: fallback === null };
}

/**
 * @param {import("acorn").ObjectPattern} pattern
 * @param {import("acorn").Expression | null} fallback the default of the whole pattern
 * @param {number} index
 * @param {string} label
 * @returns {KeywordSlot}
 */
function keywordSlot(pattern, fallback, index, label) {
  const keys = new Set();
  const required = new Set();
  let rest = false;
  for (const property of pattern.properties) {
    if (property.type === "RestElement") {
      rest = true;
      continue;
    }
    const key = staticKey(property);
    if (key === null) {
      throw new ImproperlyConfigured(
        `the parameters of ${label} have a computed key, which has no name before the task runs: declare them with the option "params"`,
      );
    }
    keys.add(key);
    if (property.value.type !== "AssignmentPattern") required.add(key);
  }
  const brought = broughtKeys(fallback);
  return {
    kind: "keywords",
    index,
    keys,
    rest,
    required: [...required],
    hasDefault: fallback !== null,
    requiredByDefault: brought === "any" ? [] : [...required].filter((key) => !brought.has(key)),
  };
}

/**
 * The keys that the default of a whole pattern provides. `= {}`, which JavaScript programmers write so that a call without
 * arguments does not throw, provides none: keys without a default stay required.
 *
 * @param {import("acorn").Expression | null} fallback
 * @returns {Set<string> | "any"} "any" if that is known only when the code runs
 */
function broughtKeys(fallback) {
  if (fallback === null) return new Set();
  if (fallback.type !== "ObjectExpression") return "any";
  const keys = new Set();
  for (const property of fallback.properties) {
    const key = property.type === "SpreadElement" ? null : staticKey(property);
    if (key === null) return "any";
    keys.add(key);
  }
  return keys;
}

/**
 * @param {import("acorn").Property | import("acorn").AssignmentProperty} property
 * @returns {string | null} null when the key is computed
 */
function staticKey({ key, computed }) {
  if (key.type === "Literal") return String(key.value);
  return !computed && key.type === "Identifier" ? key.name : null;
}

/**
 * Whether a task takes more than `n` positional arguments, as Celery counts when it decides how an errback is called: by rest
 * parameter or by number; keyword-only ones do not count. Mirrors `celery.utils.functional.arity_greater`, and `Backend._errback_arity_greater` where a signature
 * already has arguments: they are left out as in `functools.partial`, so parameters after one given by name can only be given by
 * name.
 *
 * @param {Parameters} parameters
 * @param {number} n
 * @param {readonly unknown[]} [args] those that the signature has already
 * @param {Record<string, unknown>} [kwargs]
 * @returns {boolean}
 */
export function arityGreater(parameters, n, args = [], kwargs = {}) {
  const { positional, rest } = parameters;
  if (!canHold(parameters, args, kwargs)) return rest !== null || positional.length > n;
  const open = positional.slice(args.length);
  const named = open.findIndex((slot) => Object.hasOwn(kwargs, slot.name));
  return named === -1 ? rest !== null || open.length > n : named > n;
}

/**
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Record<string, unknown>} kwargs
 * @returns {boolean} false for arguments that no call could take: Celery then counts as if there were none
 */
function canHold({ positional, maxLength, owners, surplus }, args, kwargs) {
  if (args.length > maxLength) return false;
  return Object.keys(kwargs).every((name) => {
    const slot = owners.get(name) ?? surplus;
    return slot !== null && (slot.kind === "keywords" || positional.indexOf(slot) >= args.length);
  });
}
