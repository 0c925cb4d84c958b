/** Shortens texts of a sender's for errors, log lines and answers: a single value may have 60 million characters. */

/** How much of a value errors show. */
const SHOWN = 200;

/**
 * @param {string} text
 * @param {number} [most] characters
 * @returns {string} the text, or its beginning and `...`
 */
export const clipped = (text, most = SHOWN) => (text.length <= most ? text : `${beginningOf(text, most)}...`);

/**
 * @param {string} text
 * @param {number} most characters
 * @returns {string} the text, or its beginning and its end
 */
export function clippedInside(text, most) {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const end = text.slice(-half);
  return `${beginningOf(text, half)}\n...\n${isLow(end.charCodeAt(0)) ? end.slice(1) : end}`;
}

/** Without half of a surrogate pair, which UTF-8 cannot represent. @param {string} text @param {number} most */
const beginningOf = (text, most) => text.slice(0, isLow(text.charCodeAt(most)) ? most - 1 : most);

/** @param {number} unit @returns {boolean} whether it is the second one of a surrogate pair */
const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;
