/**
 * Moments as Celery writes them on the wire: ISO 8601 text, always with an offset when Celery wrote it. In memory a moment is
 * epoch milliseconds (a number with a fraction where the text has microseconds).
 */
import { InvalidTaskError } from "../errors.js";
import { show } from "../validation/kinds.js";

const DATE = String.raw`(\d{4})(?:-(\d{2})(?:-(\d{2}))?|(\d{2})(\d{2}))?`;
const TIME = String.raw`(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?`;
const OFFSET = String.raw`(?:(Z)|([+-])(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)?`;
const ISO_8601 = new RegExp(`^${DATE}(?:[T ]${TIME}${OFFSET})?$`, "i");

/** The longest delay of a timer, 24.8 days: Node starts a longer one with 1 ms. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Reads ISO 8601 text the way `dateutil.isoparse` and `datetime.fromisoformat` do: extended or basic form, an optional
 * fraction of any length, an optional offset. Text without an offset is UTC, as Celery takes it.
 *
 * @param {string} text
 * @returns {number} epoch milliseconds, with a fraction down to microseconds; NaN when the text is no such moment
 */
export function isoToEpochMs(text) {
  const match = ISO_8601.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, basicMonth, basicDay, hour, minute, second, fraction] = match;
  const date = new Date(0);
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month ?? basicMonth ?? 1) - 1, Number(day ?? basicDay ?? 1));
  const isReal = date.getUTCMonth() === Number(month ?? basicMonth ?? 1) - 1 && Number(year) > 0;
  if (!isReal || Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return Number.NaN;
  const [, , , , , , , , , , , sign, offsetHours, offsetMinutes, offsetSeconds] = match;
  const offsetMs =
    Number(offsetHours ?? 0) * HOUR_MS + Number(offsetMinutes ?? 0) * MINUTE_MS + Number(offsetSeconds ?? 0) * 1000;
  const clockMs = Number(hour ?? 0) * HOUR_MS + Number(minute ?? 0) * MINUTE_MS + Number(second ?? 0) * 1000;
  const micros = fraction === undefined ? 0 : Number(fraction.slice(0, 6).padEnd(6, "0"));
  const wholeMs = date.getTime() + clockMs - (sign === "-" ? -offsetMs : offsetMs) + Math.floor(micros / 1000);
  const epochMs = wholeMs + (micros % 1000) / 1000;
  // Python's datetime.max has more digits than a number, and must not be rounded into the year 10000.
  return Math.floor(epochMs) === wholeMs ? epochMs : wholeMs;
}

/** Sending times before the year 2000 or after 9999 are wrong, and would spoil every average. */
const EARLIEST_S = 946_684_800;
const LATEST_S = 253_402_300_800;

/**
 * @param {unknown} timestamp the time of sending that a message names: AMQP's property `timestamp`, in seconds
 * @returns {number | null} epoch milliseconds; null if it cannot be such a time
 */
export function sentAtMs(timestamp) {
  return typeof timestamp === "number" && timestamp >= EARLIEST_S && timestamp <= LATEST_S ? timestamp * 1000 : null;
}

/**
 * Reads an `eta` or `expires` header.
 *
 * @param {string} text ISO 8601; without an offset it is UTC
 * @returns {number} epoch milliseconds, with a fraction down to microseconds
 * @throws {InvalidTaskError} when the text is not an ISO 8601 moment
 */
export function parseIso(text) {
  const epochMs = typeof text === "string" ? isoToEpochMs(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new InvalidTaskError(`${show(text)} is not an ISO 8601 date and time`);
  return epochMs;
}

/**
 * Writes a moment like Python's `datetime.isoformat()` of an aware UTC datetime: microseconds only where there are any.
 *
 * @param {number} epochMs
 * @returns {string} such as `2026-11-22T10:11:12.123000+00:00`
 * @throws {RangeError} when Python's `datetime` cannot hold the moment (the years 1 to 9999) or it is NaN
 */
export function toIso(epochMs) {
  const totalMicros = Math.round(epochMs * 1000);
  const text = new Date(Math.floor(totalMicros / 1000)).toISOString();
  if (text.length !== 24 || text.startsWith("0000")) throw new RangeError(`${text} is outside of the years 1 to 9999`);
  const submillis = ((totalMicros % 1000) + 1000) % 1000;
  const micros = text.slice(20, 23) + String(submillis).padStart(3, "0");
  return `${text.slice(0, 19)}${micros === "000000" ? "" : `.${micros}`}+00:00`;
}
