/**
 * Patterns of names, as Python's `fnmatch` reads them: Celery's routes and kombu's matcher "glob" use them. What they are matched
 * with may come from a message, so they don't backtrack: the time is at most the pattern's length times the text's.
 */

/**
 * @param {string} glob
 * @returns {RegExp} as Python's `fnmatch.translate`
 * @throws {SyntaxError} for a range such as `[z-a]`
 */
export function globPattern(glob) {
  const parts = glob.match(/\[!?[^\]]+\]|./gs) ?? [];
  return withGaps(
    parts.map((part) => {
      if (part === "*") return null;
      if (part === "?") return ".";
      if (part.length === 1) return part.replace(/\W/, "\\$&");
      return part.replace(/[\\^]/g, "\\$&").replace(/^\[!/, "[^");
    }),
  );
}

/**
 * Joins the pieces of a pattern. For a gap, the shortest text is taken after which the next pieces match, and no other is tried:
 * a lookahead does not backtrack. (`fnmatch.translate` does the same.) What follows the last gap is looked for from the end.
 *
 * @param {ReadonlyArray<string | null>} pieces sources of regular expressions without groups; null: a gap, which is any text
 * @returns {RegExp}
 */
export function withGaps(pieces) {
  const [first, ...others] = splitAtGaps(pieces);
  const last = others.pop();
  const between = others.map((source, i) => `(?=(.*?${source}))(?:\\${i + 1})`);
  return new RegExp(`^${first}${between.join("")}${last === undefined ? "" : `.*${last}`}$`, "s");
}

/** @param {ReadonlyArray<string | null>} pieces */
function splitAtGaps(pieces) {
  const sources = [""];
  for (const piece of pieces) {
    if (piece === null) sources.push("");
    else sources[sources.length - 1] += piece;
  }
  return sources;
}
