/** Compresses and decompresses message bodies and results (`kombu.compression`, Celery's `task_compression`). */
import { constants } from "node:buffer";
import zlib, { brotliCompressSync, brotliDecompressSync, deflateSync, unzipSync } from "node:zlib";
import { DecodeError, EncodeError } from "../errors.js";
import { show } from "../validation/kinds.js";

/** @typedef {(body: Uint8Array, maxBytes: number) => Buffer} Decompressor */

/** Node has it since 22.15 and 23.8. @type {((body: Uint8Array, options: { maxOutputLength: number }) => Buffer) | undefined} */
const zstdDecompressSync = /** @type {any} */ (zlib).zstdDecompressSync;

/** @type {Decompressor | null} */
const unzstd = zstdDecompressSync ? (body, maxOutputLength) => zstdDecompressSync(body, { maxOutputLength }) : null;

/** kombu's content types and their aliases. @type {ReadonlyMap<unknown, Decompressor>} */
const DECOMPRESSORS = new Map([
  ["application/x-gzip", unzip],
  ["gzip", unzip],
  ["zlib", unzip],
  ["application/x-brotli", unbrotli],
  ["brotli", unbrotli],
  .../** @type {Array<[string, Decompressor]>} */ (
    unzstd ? ["application/zstd", "zstd", "zstandard"].map((name) => [name, unzstd]) : []
  ),
]);

const GZIP = { contentType: "application/x-gzip", compress: (/** @type {Uint8Array} */ body) => deflateSync(body) };

const BROTLI = {
  contentType: "application/x-brotli",
  compress: (/** @type {Uint8Array} */ body) => brotliCompressSync(body),
};

/** Compressors by kombu's names. kombu's "gzip" is the zlib format. @type {ReadonlyMap<unknown, typeof GZIP>} */
const COMPRESSORS = new Map([
  ["gzip", GZIP],
  ["zlib", GZIP],
  ["brotli", BROTLI],
  [GZIP.contentType, GZIP],
  [BROTLI.contentType, BROTLI],
]);

/**
 * @param {Uint8Array} body zlib or gzip: kombu calls zlib's format gzip
 * @param {number} maxOutputLength
 */
function unzip(body, maxOutputLength) {
  return unzipSync(body, { maxOutputLength });
}

/**
 * @param {Uint8Array} body
 * @param {number} maxOutputLength
 */
function unbrotli(body, maxOutputLength) {
  return brotliDecompressSync(body, { maxOutputLength });
}

/**
 * @param {Uint8Array} body
 * @param {unknown} method the `compression` header
 * @param {number} decompressedSizeLimit bytes: a small message must not fill the memory
 * @returns {Buffer}
 * @throws {DecodeError} when the method is not one that Node can read, the body is not compressed by it, or grows too large
 */
export function decompress(body, method, decompressedSizeLimit) {
  const decompressor = DECOMPRESSORS.get(method);
  if (decompressor === undefined) {
    throw new DecodeError(
      `Cannot read a body compressed as ${show(method)}; use gzip, zlib or brotli${unzstd ? ", or zstd" : ""}`,
    );
  }
  try {
    return decompressor(body, Math.min(decompressedSizeLimit, constants.MAX_LENGTH));
  } catch (cause) {
    if (/** @type {NodeJS.ErrnoException} */ (cause).code === "ERR_BUFFER_TOO_LARGE") {
      throw new DecodeError(
        `the compressed body grows too large: the limit is decompressedSizeLimit=${decompressedSizeLimit}`,
      );
    }
    throw new DecodeError(`The body is not readable as ${method}: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/** The prefix of a compressed result, which has no headers: `MAGIC`, its content type, a zero (`celery.backends.base`). */
const MAGIC = Buffer.from("\0celery-compressed\0");

/**
 * @param {Buffer} payload what a result backend stored: text, or what Celery's `result_compression` made of it
 * @param {number} decompressedSizeLimit bytes
 * @returns {string} the text
 * @throws {DecodeError} when it is compressed in a way that Node cannot read, or grows too large
 */
export function payloadText(payload, decompressedSizeLimit) {
  // Text never begins with a zero, so that one look at the first byte is enough for nearly all of them.
  if (payload[0] !== 0 || !payload.subarray(0, MAGIC.length).equals(MAGIC)) return payload.toString("utf8");
  const end = payload.indexOf(0, MAGIC.length);
  const contentType = payload.toString("utf8", MAGIC.length, end);
  return decompress(payload.subarray(end + 1), contentType, decompressedSizeLimit).toString("utf8");
}

/**
 * @param {Uint8Array} body
 * @param {string} method one that `COMPRESSION` in kinds.js accepts
 * @returns {{ body: Buffer, contentType: string }} `contentType`: the `compression` header
 */
export function compress(body, method) {
  const compressor = COMPRESSORS.get(method);
  if (compressor === undefined) {
    throw new EncodeError(`Cannot write a body compressed as ${show(method)}; use gzip, zlib or brotli`);
  }
  return { body: compressor.compress(body), contentType: compressor.contentType };
}
