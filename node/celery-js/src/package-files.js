/**
 * The files of this package that are read, or started as threads, while it runs: Lua scripts and threads of a worker. A bundler
 * leaves them behind. Clients need none of them, so a client can be bundled; a worker says what to do.
 */
import { existsSync } from "node:fs";
import { ImproperlyConfigured } from "./errors.js";

const THIS_FILE = "package-files.js";

/** webpack writes the path of the source in place of `import.meta.url`. */
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
