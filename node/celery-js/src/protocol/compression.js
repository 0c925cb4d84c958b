/** Bodies that a producer compressed, and results that a worker did (`kombu.compression`, Celery's `task_compression`). */
import { brotliCompressSync, brotliDecompressSync, deflateSync, unzipSync } from "node:zlib";
import { DecodeError, EncodeError } from "../errors.js";

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

const GZIP = { contentType: "application/x-gzip", compress: (/** @type {Uint8Array} */ body) => deflateSync(body) };
const BROTLI = {
  contentType: "application/x-brotli",
  compress: (/** @type {Uint8Array} */ body) => brotliCompressSync(body),
};

/** What is written, by kombu's names. To kombu, gzip is zlib's format. @type {ReadonlyMap<unknown, typeof GZIP>} */
const COMPRESSORS = new Map([
  ["gzip", GZIP],
  ["zlib", GZIP],
  ["brotli", BROTLI],
  [GZIP.contentType, GZIP],
  [BROTLI.contentType, BROTLI],
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

/** What begins a compressed result, which has no header to say so: `MAGIC`, its content type, a zero (`celery.backends.base`). */
const MAGIC = Buffer.from("\0celery-compressed\0");

/**
 * @param {Buffer} payload what a result backend holds: text, or what Celery's `result_compression` made of it
 * @returns {string} the text
 * @throws {DecodeError} when it is compressed in a way that Node cannot read
 */
export function payloadText(payload) {
  // Text never begins with a zero, so that one look at the first byte is enough for nearly all of them.
  if (payload[0] !== 0 || !payload.subarray(0, MAGIC.length).equals(MAGIC)) return payload.toString("utf8");
  const end = payload.indexOf(0, MAGIC.length);
  const contentType = payload.toString("utf8", MAGIC.length, end);
  return decompress(payload.subarray(end + 1), contentType).toString("utf8");
}

/**
 * @param {Uint8Array} body
 * @param {string} method as `COMPRESSION` in kinds.js says
 * @returns {{ body: Buffer, contentType: string }} `contentType`: the `compression` header
 */
export function compress(body, method) {
  const compressor = COMPRESSORS.get(method);
  if (compressor === undefined) {
    throw new EncodeError(`Cannot write a body compressed as ${JSON.stringify(method)}; use gzip, zlib or brotli`);
  }
  return { body: compressor.compress(body), contentType: compressor.contentType };
}
