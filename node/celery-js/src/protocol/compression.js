/** Bodies that a producer compressed (`kombu.compression`, Celery's `task_compression`). */
import { brotliDecompressSync, unzipSync } from "node:zlib";
import { DecodeError } from "../errors.js";

/** A compressed body may grow to this many bytes, and not further: a small message must not fill the memory. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** kombu's content types and their aliases. @type {ReadonlyMap<unknown, (body: Uint8Array) => Buffer>} */
const DECOMPRESSORS = new Map([
  ["application/x-gzip", unzip],
  ["gzip", unzip],
  ["zlib", unzip],
  ["application/x-brotli", unbrotli],
  ["brotli", unbrotli],
]);

/** @param {Uint8Array} body zlib or gzip: kombu calls zlib's format gzip */
function unzip(body) {
  return unzipSync(body, { maxOutputLength: MAX_OUTPUT_BYTES });
}

/** @param {Uint8Array} body */
function unbrotli(body) {
  return brotliDecompressSync(body, { maxOutputLength: MAX_OUTPUT_BYTES });
}

/**
 * @param {Uint8Array} body
 * @param {unknown} method the `compression` header
 * @returns {Buffer}
 * @throws {DecodeError} when the method is not one that Node can read, or the body is not compressed by it
 */
export function decompress(body, method) {
  const decompressor = DECOMPRESSORS.get(method);
  if (decompressor === undefined) {
    throw new DecodeError(`Cannot read a body compressed as ${JSON.stringify(method)}; use gzip, zlib or brotli`);
  }
  try {
    return decompressor(body);
  } catch (cause) {
    throw new DecodeError(`The body is not readable as ${method}: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}
