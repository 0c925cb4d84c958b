/**
 * @param {Uint8Array} body
 * @param {unknown} method the `compression` header
 * @param {number} decompressedSizeLimit bytes: a small message must not fill the memory
 * @returns {Buffer}
 * @throws `DecodeError` when the method is not one that Node can read, the body is not compressed by it, or grows too large
 */
export declare function decompress(body: Uint8Array, method: unknown, decompressedSizeLimit: number): Buffer;
/**
 * @param {Buffer} payload what a result backend stored: text, or what Celery's `result_compression` made of it
 * @param {number} decompressedSizeLimit bytes
 * @returns {string} the text
 * @throws `DecodeError` when it is compressed in a way that Node cannot read, or grows too large
 */
export declare function payloadText(payload: Buffer, decompressedSizeLimit: number): string;
/**
 * @param {Uint8Array} body
 * @param {string} method one that `COMPRESSION` in kinds.js accepts
 * @returns {{ body: Buffer, contentType: string }} `contentType`: the `compression` header
 */
export declare function compress(body: Uint8Array, method: string): {
    body: Buffer;
    contentType: string;
};
