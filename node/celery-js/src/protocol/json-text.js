/**
 * What the writers and the scanners of JSON text share: how Python spells a string and a number, and where a string ends.
 */

/** Everything that `json.dumps(ensure_ascii=True)` escapes: also 0x7f, which JavaScript writes as it is. */
const NEEDS_ESCAPE = /[^ -~]|["\\]/;
const NOT_ASCII = /[\x7f-\uffff]+/g;
const BACKSLASH = 92;

/** The escapes that were needed so far, by code unit: a text in one alphabet needs the same few again and again. @type {string[]} */
const ESCAPES = [];

/** @param {string} run characters that are not ASCII */
function escapeRun(run) {
  let escaped = "";
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    ESCAPES[code] ??= `\\u${code.toString(16).padStart(4, "0")}`;
    escaped += ESCAPES[code];
  }
  return escaped;
}

/**
 * Writes a string as Python's `json.dumps` does (`ensure_ascii`).
 *
 * @param {string} text
 * @returns {string} the JSON text, quotes included
 */
export function quote(text) {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).replace(NOT_ASCII, escapeRun) : `"${text}"`;
}

/** At most this many keys are remembered: tasks that make their keys from data must not fill the memory. */
const MAX_REMEMBERED_KEYS = 1000;
const MAX_REMEMBERED_LENGTH = 64;

/** @type {Map<string, string>} */
const keyTexts = new Map();

/**
 * Writes an object's key with its separator. Headers, results and metas use the same few keys again and again.
 *
 * @param {string} key
 * @returns {string} such as `"id": `
 */
export function keyText(key) {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${quote(key)}: `;
  if (keyTexts.size < MAX_REMEMBERED_KEYS && key.length <= MAX_REMEMBERED_LENGTH) keyTexts.set(key, text);
  return text;
}

/**
 * Writes a number as Python does: `NaN`, `Infinity`, `-Infinity`, `-0.0`, and small fractions with an exponent of two digits.
 * A number without a fraction is written as an integer, since JavaScript does not know the difference.
 *
 * @param {number} number
 * @returns {string}
 */
export function numberText(number) {
  if (Number.isInteger(number)) return number === 0 && 1 / number < 0 ? "-0.0" : String(number);
  // Python's repr() of a float takes the exponent form below 1e-4, JavaScript below 1e-6 only.
  if (number < 1e-4 && number > -1e-4) return number.toExponential().replace(/e-(\d)$/, "e-0$1");
  return String(number);
}

/**
 * Finds the end of a JSON string.
 *
 * @param {string} text
 * @param {number} start index of the opening quote
 * @returns {number} the index after the closing quote, -1 when there is none
 */
export function endOfString(text, start) {
  for (let quoteAt = text.indexOf('"', start + 1); quoteAt !== -1; quoteAt = text.indexOf('"', quoteAt + 1)) {
    let firstBackslash = quoteAt;
    while (text.charCodeAt(firstBackslash - 1) === BACKSLASH) firstBackslash--;
    if ((quoteAt - firstBackslash) % 2 === 0) return quoteAt + 1;
  }
  return -1;
}
