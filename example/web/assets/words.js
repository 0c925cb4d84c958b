/** What the page says about states, numbers and errors. */

/** @typedef {import("./api.js").Job} Job */

/** @type {Record<import("./api.js").State, string>} */
export const STATES = {
  waiting: "Waiting for a worker",
  running: "Running",
  retrying: "Trying again soon",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** @type {Record<import("./api.js").Kind, string>} */
export const KINDS = {
  training: "Training",
  predictionFile: "Predictions for a file",
  report: "Report",
  mail: "Mail",
  workflow: "All at once",
};

/** @type {Record<string, string>} */
export const STEPS = {
  train: "Train a model",
  predict: "Predict 10,000 customers",
  report: "Render the report",
  mail: "Send the mail",
};

export const LANGUAGES = { python: "Python", javascript: "JavaScript" };

/** @type {Record<string, string>} */
export const FEATURES = {
  tenure_months: "Months as a customer",
  monthly_charge: "Monthly charge",
  contract: "Contract",
  support_calls: "Support calls",
  late_payments: "Late payments",
  products: "Products",
};

/** By the type of the error; the messages of all others are shown unchanged. @type {Record<string, string>} */
const REASONS = {
  MailServerUnreachable: "The mail server did not answer, even after several retries.",
  MailRefused: "The mail server refuses this address.",
  SoftTimeLimitExceeded: "This took longer than a job may take, so it was stopped.",
  TimeLimitExceeded: "This took longer than a job may take, so it was stopped.",
  WorkerLostError: "The program that ran this step ended several times before the step was done.",
  NotRegistered: "The workers do not know this task. They may run an older version.",
  TaskRevokedError: "This was cancelled.",
  DecodeError: "The result of this step cannot be read.",
  FileNotFoundError: "A file that this step needs is no longer there.",
};

/** Of an attempt that failed and is followed by another one. @type {Record<string, string>} */
const SETBACKS = { MailServerUnreachable: "The mail server does not answer." };

const WHAT_REMAINS = "Everything before this step is kept.";

/**
 * @param {import("./api.js").Failure} error
 * @param {boolean} [isStep] whether steps before it may be done
 * @returns {string} in words for a user
 */
export function reason(error, isStep = false) {
  const known = REASONS[error.type] ?? sentence(error.message || "Something went wrong.");
  return isStep ? `${known} ${WHAT_REMAINS}` : known;
}

/** @param {import("./api.js").Failure} error why a task is tried again */
export const setback = (error) => SETBACKS[error.type] ?? sentence(error.message || "Something went wrong.");

/**
 * @param {unknown} error what a call of the server threw
 * @returns {string}
 */
export function problem(error) {
  const { status, code, message, retryAfterS } = /** @type {import("./api.js").ApiError} */ (error);
  if (code === "changed") return "The file has changed: choose it again.";
  if (status === 0) return "The server does not answer. Try again in a moment.";
  if (status === 401 || status === 403) return "This browser’s session has ended. Reload the page to begin a new one.";
  if (status === 409 && code !== "") return sentence(message);
  if (status === 410 && code === "gone") return "The model is no longer there. Train a new one.";
  if (status === 410 && code === "expired") return "The earlier steps are too old to continue: start a new run.";
  if (status === 413) return "This file is too large. The limit is 2 MB.";
  if (status === 415) return "This is not a CSV file.";
  if (status === 429)
    return `That was a lot at once. Try again in ${retryAfterS > 1 ? `${retryAfterS} seconds` : "a minute"}.`;
  if (status === 503) return "The job server does not answer at the moment. Try again in a few seconds.";
  if (status === 504) return "No worker answered within five seconds. Try again.";
  return sentence(message || "Something went wrong.");
}

/** @param {string} text */
function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** @param {number} value @param {number} [digits] after the point */
export const percent = (value, digits = 0) => `${(value * 100).toFixed(digits)}%`;

/** @param {number} value */
export const grouped = (value) => value.toLocaleString("en-GB");

/** @param {number} bytes */
export const kilobytes = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${grouped(Math.round(bytes / 1000))} kB`);

/** @param {string} iso @returns {string} the time, and the day unless it is today */
export function clock(iso) {
  const then = new Date(iso);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === new Date().toDateString()) return time;
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

/** @param {number | null | undefined} seconds */
export function timeLeft(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1.5) return "almost done";
  if (seconds < 90) return `about ${Math.round(seconds)} seconds left`;
  return `about ${Math.round(seconds / 60)} minutes left`;
}
