/** A task's parameters, as Python writes them: `customer, /, pages?, *rest, days, **others`; `?` follows an optional one. */

export class Parameters {
  /** Given by position only. @type {string[]} */
  #positionalOnly = [];
  /** Given by position or by name, and those above. @type {string[]} */
  #positional = [];
  /** @type {Set<string>} */
  #required = new Set();
  /** @type {Set<string>} */
  #keywordOnly = new Set();
  /** @type {string | null} */
  #rest = null;
  #takesOthers = false;

  /**
   * @param {string} task its name, for messages
   * @param {string} text
   */
  constructor(task, text) {
    this.task = task;
    this.text = text;
    let isKeywordOnly = false;
    for (const part of text.split(", ").filter(Boolean)) {
      const name = part.replace(/^\*+|\?$/g, "");
      if (part === "/") this.#positionalOnly = [...this.#positional];
      else if (part.startsWith("**")) this.#takesOthers = true;
      else if (part.startsWith("*")) [isKeywordOnly, this.#rest] = [true, name || null];
      else {
        if (isKeywordOnly) this.#keywordOnly.add(name);
        else this.#positional.push(name);
        if (!part.endsWith("?")) this.#required.add(name);
      }
    }
  }

  /**
   * @param {readonly unknown[]} args by position
   * @throws {TypeError} when they are not all that the task requires, or more than it takes
   */
  check(args) {
    const missing = this.#missing(args);
    if (missing.length > 0) throw this.#error(`lacks ${missing.join(", ")}`);
    if (this.#isTooMany(args.length)) throw this.#error(`got ${args.length} arguments`);
  }

  /**
   * @param {readonly unknown[]} args those after the first
   * @throws {TypeError} when they are more than a step of a chain takes
   */
  checkRest(args) {
    if (this.#isTooMany(args.length + 1)) throw this.#error(`got ${args.length} arguments and the last result`);
  }

  /** @param {readonly unknown[]} args */
  isComplete(args) {
    return this.#missing(args).length === 0 && !this.#isTooMany(args.length);
  }

  /**
   * @param {Record<string, unknown>} values by name; those after `*` as a list
   * @returns {{ args: unknown[], kwargs: Record<string, unknown> }} as they travel
   * @throws {TypeError} for a name that the task does not know, or one that is missing
   */
  split(values) {
    // Without a prototype, so that a parameter called `constructor` is not found in it.
    const given = Object.create(null);
    for (const [name, value] of Object.entries(values)) if (value !== undefined) given[name] = value;
    /** @type {unknown[]} */
    const rest = this.#rest === null ? [] : (given[this.#rest] ?? []);
    const byPosition = rest.length > 0 ? this.#positional : this.#positionalOnly;
    const count = byPosition.findLastIndex((name) => name in given) + 1;
    const leading = byPosition.slice(0, rest.length > 0 ? byPosition.length : count);
    const missing = [...this.#required].filter((name) => !(name in given));
    missing.push(...leading.filter((name) => !(name in given) && !missing.includes(name)));
    if (missing.length > 0) throw this.#error(`lacks ${missing.join(", ")}`);
    const kwargs = { ...given };
    for (const name of this.#rest === null ? leading : [...leading, this.#rest]) delete kwargs[name];
    const unknown = Object.keys(kwargs).filter((name) => !this.#takesByName(name));
    if (unknown.length > 0) throw this.#error(`got ${unknown.join(", ")}`);
    return { args: [...leading.map((name) => given[name]), ...rest], kwargs };
  }

  /** @param {readonly unknown[]} args */
  #missing(args) {
    const left = new Set([...this.#positional.slice(args.length), ...this.#keywordOnly]);
    return [...this.#required].filter((name) => left.has(name));
  }

  /** @param {number} count */
  #isTooMany(count) {
    return this.#rest === null && count > this.#positional.length;
  }

  /** @param {string} name */
  #takesByName(name) {
    return this.#takesOthers || this.#keywordOnly.has(name) || this.#positional.includes(name);
  }

  /** @param {string} problem */
  #error(problem) {
    return new TypeError(`${this.task}: ${problem}; it takes (${this.text})`);
  }
}
