/**
 * The files of this package that a worker opens at runtime: Lua scripts and thread entries. Bundlers leave them out. Clients need
 * none of them, so clients can be bundled; a bundled worker fails with instructions.
 */
import { existsSync } from "node:fs";
import { ImproperlyConfigured } from "./errors.js";

const THIS_FILE = "package-files.js";

/** webpack replaces `import.meta.url` with the path of the source file. */
// @ts-expect-error: only webpack knows the name
const isWebpack = typeof __webpack_require__ === "function";
const url = String(import.meta.url);

/** The URL of the folder of this file; null in a bundle, where `import.meta.url` is that of another file, or nothing. */
export const SOURCE_URL = !isWebpack && url.endsWith(`/${THIS_FILE}`) ? url.slice(0, -THIS_FILE.length) : null;

/**
 * @param {string} path below `src/`, with slashes
 * @returns {URL}
 * @throws {ImproperlyConfigured} in a bundle
 */
export function packageFile(path) {
  const url = SOURCE_URL === null ? null : new URL(SOURCE_URL + path);
  if (url !== null && existsSync(url)) return url;
  throw new ImproperlyConfigured(
    `a worker cannot run from a bundle: it needs files of celery-js, such as ${path}; leave the package out of the bundle, ` +
      "with the bundler's option `external` (docs/deployment.md), and install it where the worker runs",
  );
}
