/**
 * Values as Python prints them. `saferepr` is the short form of logs, events and the `argsrepr` header
 * (`celery.utils.saferepr`), `pythonRepr` the complete one that Python's `repr()` gives.
 */
import { isUtf8 } from "node:buffer";
import { types } from "node:util";
import { clipped } from "../validation/clip.js";
import { formatNumber, quoteLikePython, reprBytes, reprInstance } from "./python-literals.js";

/** How deep `saferepr` looks (Celery's `task_repr_maxlevels`). */
const DEFAULT_MAX_LEVELS = 3;
/** How many characters `saferepr` gives (Celery's `argsrepr_maxsize`). */
const DEFAULT_MAX_LENGTH = 1024;

/** @typedef {{ maxLevels: number }} ReprOptions */

/**
 * A value as `celery.utils.saferepr.saferepr` prints it.
 *
 * @param {unknown} value
 * @param {number} [maxLength] characters before the text is cut with `...`; open brackets are still closed
 * @param {Partial<ReprOptions>} [options]
 * @returns {string}
 */
export function saferepr(value, maxLength = DEFAULT_MAX_LENGTH, { maxLevels = DEFAULT_MAX_LEVELS } = {}) {
  return new ReprWriter(maxLength, maxLevels).write(value).text;
}

/**
 * A task's positional arguments, printed as the tuple that they are in Python.
 *
 * @param {readonly unknown[]} args
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `(1, 'a')`
 */
export function reprArgs(args, maxLength = DEFAULT_MAX_LENGTH, { maxLevels = DEFAULT_MAX_LEVELS } = {}) {
  return new ReprWriter(maxLength, maxLevels).writeSequence(args, "(", args.length === 1 ? ",)" : ")").text;
}

/**
 * A task's keyword arguments.
 *
 * @param {Readonly<Record<string, unknown>>} kwargs
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `{'x': 1}`
 */
export function reprKwargs(kwargs, maxLength = DEFAULT_MAX_LENGTH, options = {}) {
  // Most calls have none.
  const isEmpty = Object.keys(kwargs).length === 0 && Object.getPrototypeOf(kwargs) === Object.prototype;
  return isEmpty ? "{}" : saferepr(kwargs, maxLength, options);
}

/**
 * A value as Python's `repr()` prints it, complete.
 *
 * @param {unknown} value
 * @param {number} [maxLength] characters before it is cut all the same
 * @returns {string}
 */
export function pythonRepr(value, maxLength) {
  return completeWriter(maxLength).write(value).text;
}

/**
 * @param {readonly unknown[]} items
 * @param {number} [maxLength]
 * @returns {string} the items as `repr()` prints a tuple of them
 */
export function pythonTupleRepr(items, maxLength) {
  return completeWriter(maxLength).writeSequence(items, "(", items.length === 1 ? ",)" : ")").text;
}

const completeWriter = (maxLength = Infinity) => new ReprWriter(maxLength, Infinity, COMPLETE);

const SURROGATE = /[\ud800-\udfff]/;

/**
 * @typedef {object} Style how texts and bytes are quoted
 * @property {(text: string, maxLength: number) => string} text
 * @property {(bytes: Uint8Array, maxLength: number) => string} bytes
 */

/** `saferepr`'s: cut, and hardly escaped. @type {Style} */
const SHORT = { text: quoteTruncated, bytes: reprBytesShort };
/** `repr()`'s: escaped, and complete where the budget is endless. @type {Style} */
const COMPLETE = {
  text: (text, maxLength) => quoteLikePython(clipped(text, maxLength)),
  bytes: (bytes, maxLength) => reprBytes(bytes.subarray(0, maxLength)),
};

/** Writes token after token and counts them against a budget, as Celery's token stream does. */
class ReprWriter {
  /**
   * @param {number} maxLength
   * @param {number} maxLevels
   * @param {Style} style
   */
  constructor(maxLength, maxLevels, style = SHORT) {
    this.text = "";
    this.left = maxLength;
    this.maxLevels = maxLevels;
    /** Set once the budget is spent: only the brackets that are open are still written. */
    this.isCut = false;
    /** @type {object[]} The containers around the present value. */
    this.ancestors = [];
    this.style = style;
  }

  /**
   * @param {string} token
   * @returns {boolean} false when the budget was spent already and the token is not shown
   */
  #put(token) {
    if (this.isCut) return false;
    if (this.left <= 0) {
      this.text += ", ...";
      this.isCut = true;
      return false;
    }
    this.text += token;
    if (this.left !== Number.POSITIVE_INFINITY) this.left -= lengthInPython(token);
    return true;
  }

  /** @param {string} bracket closing brackets are always shown, and cost nothing once the budget is spent */
  #close(bracket) {
    if (!this.isCut && this.left > 0) this.left -= bracket.length;
    this.text += bracket;
  }

  /**
   * @param {unknown} value
   * @returns {this}
   */
  write(value) {
    const scalar = this.#scalar(value);
    if (scalar !== null) {
      this.#put(scalar);
      return this;
    }
    const container = /** @type {object} */ (value);
    const plain = plainForm(container);
    if (plain !== container) return this.write(plain);
    if (Array.isArray(container)) return this.writeSequence(container, "[", "]");
    if (container instanceof Set) return this.#writeSet(container);
    if (container instanceof Map) return this.#writeMapping(container, [...container]);
    return this.#writeMapping(container, Object.entries(container));
  }

  /**
   * @param {unknown} value
   * @returns {string | null} null for a container
   */
  #scalar(value) {
    switch (typeof value) {
      case "string":
        return this.left > 0 ? this.style.text(value, this.left) : "";
      case "number":
        return truncate(formatNumber(value), this.left);
      case "boolean":
        return truncate(value ? "True" : "False", this.left);
      case "undefined":
        return truncate("None", this.left);
      case "object":
        return value === null ? truncate("None", this.left) : this.#leaf(value);
      case "function":
        return truncate(`<function ${value.name || "<lambda>"}>`, this.left);
      default:
        return truncate(String(value), this.left);
    }
  }

  /**
   * @param {object} value
   * @returns {string | null} null for a container
   */
  #leaf(value) {
    if (types.isUint8Array(value)) return this.style.bytes(value, this.left);
    const text = isPlain(value) ? null : reprInstance(value);
    return text === null ? null : truncate(text, this.left);
  }

  /**
   * @param {readonly unknown[]} items
   * @param {string} open
   * @param {string} close
   */
  writeSequence(items, open, close) {
    return this.#inside(items, open, close, () => {
      for (let index = 0; index < items.length && !this.isCut; index++) {
        if (index > 0) this.#put(", ");
        if (!this.isCut) this.write(items[index]);
      }
    });
  }

  /** @param {ReadonlySet<unknown>} set */
  #writeSet(set) {
    if (set.size > 0) return this.writeSequence([...set], "{", "}");
    this.#put("set()");
    return this;
  }

  /**
   * @param {object} container
   * @param {ReadonlyArray<readonly [unknown, unknown]>} entries
   */
  #writeMapping(container, entries) {
    const members = entries.filter(([, member]) => member !== undefined);
    return this.#inside(container, "{", "}", () => {
      for (let index = 0; index < members.length && !this.isCut; index++) {
        if (index > 0) this.#put(", ");
        this.#writeMember(members[index]);
      }
    });
  }

  /** @param {readonly [unknown, unknown]} member */
  #writeMember([key, value]) {
    if (this.isCut) return;
    this.#put(this.left > 0 ? new ReprWriter(this.left, this.maxLevels, this.style).write(key).text : "");
    this.#put(": ");
    if (!this.isCut) this.write(value);
  }

  /**
   * @param {object} container
   * @param {string} open
   * @param {string} close
   * @param {() => void} writeMembers
   */
  #inside(container, open, close, writeMembers) {
    if (this.ancestors.length >= this.maxLevels) {
      this.#put(`${open}...${close}`);
    } else if (this.ancestors.includes(container)) {
      this.#put(truncate(`<Recursion on ${Array.isArray(container) ? "list" : "dict"}>`, this.left));
    } else if (this.#put(open)) {
      this.ancestors.push(container);
      writeMembers();
      this.ancestors.pop();
      this.#close(close);
    }
    return this;
  }
}

/**
 * Celery's `truncate`: cuts at the last space before the limit.
 *
 * @param {string} text
 * @param {number} maxLength
 */
function truncate(text, maxLength) {
  if (text.length < maxLength) return text;
  // No more is looked at: a text may have 45 million characters.
  const start = text.slice(0, maxLength * 2);
  if (start.length === text.length && lengthInPython(text) < maxLength) return text;
  const head = SURROGATE.test(start) ? [...start].slice(0, maxLength).join("") : start.slice(0, maxLength);
  const lastSpace = head.lastIndexOf(" ");
  return `${lastSpace === -1 ? head : head.slice(0, lastSpace)}...`;
}

/**
 * @param {string} text
 * @param {number} maxLength
 */
function quoteTruncated(text, maxLength) {
  return `'${truncate(text, maxLength).replaceAll("'", "\\'")}'`;
}

/** @param {string} text Python counts code points, JavaScript UTF-16 units */
const lengthInPython = (text) => (SURROGATE.test(text) ? [...text].length : text.length);

/**
 * @param {Uint8Array} bytes
 * @param {number} maxLength bytes
 */
function reprBytesShort(bytes, maxLength) {
  const head = Buffer.from(bytes.subarray(0, Math.max(maxLength, 0)));
  const text = isUtf8(head) ? head.toString("utf8") : head.toString("hex");
  return `b'${text}${bytes.length > maxLength ? "..." : ""}'`;
}

/**
 * @param {object} value
 * @returns {boolean} whether it is what JSON text can be parsed to
 */
const isPlain = (value) => Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;

/**
 * @param {object} value a container
 * @returns {unknown} what `dumps` would write for it
 */
function plainForm(value) {
  if (types.isTypedArray(value)) return Array.from(/** @type {ArrayLike<unknown>} */ (value));
  if (Array.isArray(value) || !("toJSON" in value) || typeof value.toJSON !== "function") return value;
  return value.toJSON("");
}
