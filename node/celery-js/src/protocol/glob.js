/** Patterns of file names, as Python's `fnmatch` reads them: Celery's routes and kombu's matcher "glob" use them. */

/**
 * @param {string} glob
 * @returns {RegExp} as Python's `fnmatch.translate`
 */
export function globPattern(glob) {
  const source = glob.replace(/\[!?[^\]]+\]|./gs, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/\W/, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}
