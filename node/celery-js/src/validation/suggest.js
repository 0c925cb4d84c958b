/** Finds the known word nearest to a mistyped one, for errors about an unknown option, setting or variable. */

/**
 * @param {string} word as it was written
 * @param {Iterable<string>} known
 * @returns {string | null} the nearest of `known`, whatever the case and the underscores (`max_retries` is `maxRetries`); null
 *   when more than two fifths of it would have to change
 */
export function nearest(word, known) {
  const wanted = plain(word);
  /** @type {string | null} */
  let best = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // Of words of very different lengths, at least that many letters would have to change.
    const leastDistance = Math.abs(wanted.length - plain(candidate).length);
    if (leastDistance * 5 > Math.max(wanted.length, candidate.length) * 2) continue;
    const distance = editDistance(wanted, plain(candidate));
    if (distance < bestDistance && distance * 5 <= Math.max(wanted.length, candidate.length) * 2) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * @param {string} word
 * @param {Iterable<string>} known
 * @returns {string} `; did you mean 'x'?`, or nothing
 */
export function didYouMean(word, known) {
  const near = nearest(word, known);
  return near === null ? "" : `; did you mean '${near}'?`;
}

/** @param {string} word */
const plain = (word) => word.replaceAll("_", "").toLowerCase();

/**
 * @param {string} a
 * @param {string} b
 * @returns {number} insertions, deletions and substitutions between them (Levenshtein)
 */
function editDistance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[column] + 1, current[column - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
