/**
 * Binds a message's args and kwargs to a function's parameters, with Python's rules and error texts, so that mistakes read alike
 * in both languages.
 */
import { missingArguments, multipleValues, surplusArguments, unexpectedKeyword } from "./binding-errors.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */
/** @typedef {import("./parameters.js").KeywordSlot} KeywordSlot */
/** @typedef {Record<string, unknown>} Kwargs */

/**
 * Binds a message's arguments to a task's parameters.
 *
 * `undefined` means not given, everywhere; `null` is a value (Python's `None`). Arguments that were not given are
 * `undefined` in the result, so that JavaScript applies the defaults.
 *
 * An object pattern takes the keyword arguments of its keys. When there are no keyword arguments at all, a plain object
 * at the pattern's position is taken instead, and the same rules apply to its keys; anything else at that position
 * is left to the next parameter.
 *
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Kwargs} kwargs
 * @param {string} taskName the last part of it is the function's name in messages
 * @returns {readonly unknown[]} the call arguments without `self`; `args` itself where nothing had to be moved
 * @throws {TypeError} for missing, surplus and unexpected arguments, worded as Python words it
 */
export function bindArguments(parameters, args, kwargs, taskName) {
  const { minLength, maxLength, keywords } = parameters;
  const fits = args.length >= minLength && args.length <= maxLength && keywords.length === 0;
  if (fits && isEmpty(kwargs) && !args.includes(undefined)) return args;
  return new Binding(parameters, args, kwargs, taskName).callArguments();
}

/**
 * The sender's check (Celery's `typing`): the same rules, for a task that is registered in the sender.
 *
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Kwargs} kwargs
 * @param {string} taskName
 * @returns {void}
 * @throws {TypeError} as `bindArguments`
 */
export function checkArguments(parameters, args, kwargs, taskName) {
  bindArguments(parameters, args, kwargs, taskName);
}

/**
 * One call being bound, step by step in the order in which Python finds mistakes: that decides which one is reported.
 */
class Binding {
  /**
   * @param {Parameters} parameters
   * @param {readonly unknown[]} args
   * @param {Kwargs} kwargs
   * @param {string} taskName
   */
  constructor(parameters, args, kwargs, taskName) {
    this.parameters = parameters;
    this.args = withoutTrailingUndefined(args);
    this.kwargs = kwargs;
    this.names = givenNames(kwargs);
    this.taskName = taskName;
    /** @type {KeywordSlot[]} patterns that took an object at their position */
    this.taken = [];
    /** @type {unknown[]} */
    this.bound = new Array(parameters.slots.length - (parameters.rest === null ? 0 : 1)).fill(undefined);
  }

  /** @returns {readonly unknown[]} */
  callArguments() {
    const surplus = this.takePositional();
    this.takeKeywords();
    if (surplus.length > 0 && this.parameters.rest === null) throw this.surplusError();
    this.requirePositional();
    this.requireKeywords();
    return surplus.length > 0 ? [...this.bound, ...surplus] : this.bound;
  }

  /** @returns {readonly unknown[]} the arguments left for the rest parameter */
  takePositional() {
    const { args, bound } = this;
    let next = 0;
    for (const slot of this.parameters.slots) {
      if (next === args.length) return [];
      if (slot.kind === "positional") {
        bound[slot.index] = args[next++];
      } else if (slot.kind === "keywords" && this.names.length === 0 && isPlainObject(args[next])) {
        bound[slot.index] = args[next++];
        this.taken.push(slot);
      }
    }
    return args.slice(next);
  }

  takeKeywords() {
    const { owners, surplus } = this.parameters;
    for (const name of this.names) {
      const slot = owners.get(name) ?? surplus;
      if (slot === null) throw unexpectedKeyword(this.taskName, name);
      if (slot.kind === "keywords") {
        this.keywordsOf(slot)[name] = this.kwargs[name];
      } else {
        if (this.bound[slot.index] !== undefined) throw multipleValues(this.taskName, name);
        this.bound[slot.index] = this.kwargs[name];
      }
    }
    for (const slot of this.taken) {
      if (slot.rest) continue;
      const stranger = givenNames(this.keywordsOf(slot)).find((name) => !slot.keys.has(name));
      if (stranger !== undefined) throw unexpectedKeyword(this.taskName, stranger);
    }
  }

  requirePositional() {
    const missing = this.parameters.positional.filter((slot) => slot.required && this.bound[slot.index] === undefined);
    if (missing.length === 0) return;
    const names = missing.map((slot) => slot.name);
    throw missingArguments(this.taskName, "positional", names);
  }

  requireKeywords() {
    /** @type {string[]} */
    const missing = [];
    for (const slot of this.parameters.keywords) {
      if (this.bound[slot.index] === undefined && slot.hasDefault) {
        missing.push(...slot.requiredByDefault);
        continue;
      }
      const given = this.keywordsOf(slot);
      for (const key of slot.required) {
        if (!Object.hasOwn(given, key) || given[key] === undefined) missing.push(key);
      }
    }
    if (missing.length > 0) throw missingArguments(this.taskName, "keyword-only", missing);
  }

  /**
   * @param {KeywordSlot} slot
   * @returns {Kwargs} the object that the pattern will take apart. Without a prototype: a key named "constructor" that
   *   was not given must not be found, one named "__proto__" must be stored like any other
   */
  keywordsOf(slot) {
    const given = this.bound[slot.index] ?? Object.create(null);
    this.bound[slot.index] = given;
    return given;
  }

  /** @returns {TypeError} */
  surplusError() {
    const { positional, keywords, selfCount } = this.parameters;
    const required = positional.filter((slot) => slot.required).length;
    let keywordOnly = 0;
    for (const slot of keywords) {
      if (this.bound[slot.index] === undefined) continue;
      keywordOnly += givenNames(this.keywordsOf(slot)).filter((name) => slot.keys.has(name)).length;
    }
    return surplusArguments(this.taskName, {
      required: required + selfCount,
      accepted: positional.length + selfCount,
      given: this.args.length - this.taken.length + selfCount,
      keywordOnly,
    });
  }
}

/**
 * @param {Kwargs} kwargs
 * @returns {string[]}
 */
function givenNames(kwargs) {
  return Object.keys(kwargs).filter((name) => kwargs[name] !== undefined);
}

/**
 * @param {readonly unknown[]} args
 * @returns {readonly unknown[]}
 */
function withoutTrailingUndefined(args) {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  return length === args.length ? args : args.slice(0, length);
}

/**
 * @param {Kwargs} kwargs
 * @returns {boolean}
 */
export function isEmpty(kwargs) {
  for (const _ in kwargs) return false;
  return true;
}

/**
 * @param {unknown} value
 * @returns {value is Kwargs} true for what JSON calls an object. Instances of classes are values: a `Date` or a
 *   `Decimal` at a pattern's position is not taken apart
 */
export function isPlainObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Also true for an Object.prototype of another realm: only Object.prototype itself has no prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
