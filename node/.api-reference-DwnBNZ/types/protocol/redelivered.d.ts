export type Edit = {
    start: number;
    end: number;
    text: string;
};
export type Member = {
    key: string;
    start: number;
    end: number;
};
/** @typedef {{ start: number, end: number, text: string }} Edit a span of the text and what replaces it */
/** @typedef {{ key: string, start: number, end: number }} Member the span is the value's */
/**
 * Sets `headers.redelivered` and `properties.delivery_info.redelivered` to true. An object that is missing is left out, a
 * member that is there already is overwritten, wherever it is repeated.
 *
 * @param {string} raw an envelope that `decodeEnvelope` reads
 * @returns {string}
 * @throws `DecodeError` when the text is not a JSON object
 */
export declare function markRedelivered(raw: string): string;
