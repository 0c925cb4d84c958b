/** Shortens texts of a sender's for errors, log lines and answers: a single value may have 60 million characters. */

/** How much of a value errors show. */
const SHOWN = 200;

/**
 * @param {string} text
 * @param {number} [most] characters
 * @returns {string} the text, or its beginning and `...`
 */
export const clipped = (text, most = SHOWN) => (text.length <= most ? text : `${text.slice(0, most)}...`);

/**
 * @param {string} text
 * @param {number} most characters
 * @returns {string} the text, or its beginning and its end
 */
export function clippedInside(text, most) {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n...\n${text.slice(-half)}`;
}
