/**
 * Reads ISO 8601 text the way `dateutil.isoparse` and `datetime.fromisoformat` do: extended or basic form, an optional
 * fraction of any length, an optional offset. Text without an offset is UTC, as Celery takes it.
 *
 * @param {string} text
 * @returns {number} epoch milliseconds, with a fraction down to microseconds; NaN when the text is no such moment
 */
export declare function isoToEpochMs(text: string): number;
/**
 * Reads an `eta` or `expires` header.
 *
 * @param {string} text ISO 8601; without an offset it is UTC
 * @returns {number} epoch milliseconds, with a fraction down to microseconds
 * @throws `InvalidTaskError` when the text is not an ISO 8601 moment
 */
export declare function parseIso(text: string): number;
/**
 * Writes a moment like Python's `datetime.isoformat()` of an aware UTC datetime: microseconds only where there are any.
 *
 * @param {number} epochMs
 * @returns {string} such as `2026-11-22T10:11:12.123000+00:00`
 * @throws `RangeError` when Python's `datetime` cannot hold the moment (the years 1 to 9999) or it is NaN
 */
export declare function toIso(epochMs: number): string;
