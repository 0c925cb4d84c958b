/** Finds the word a user probably meant, for the errors that name an unknown option, setting or variable. */

/**
 * @param {string} word what was written
 * @param {Iterable<string>} known what exists
 * @returns {string | null} the nearest known word, or null when none is near
 */
export function nearest(word, known) {
  let best = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
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

/** @param {string} a @param {string} b */
function editDistance(a, b) {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j] + 1, row[j - 1] + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length];
}
