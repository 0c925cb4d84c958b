/** Calls of the web server. */

/**
 * @typedef {"waiting" | "running" | "retrying" | "done" | "failed" | "cancelled"} State
 * @typedef {"training" | "predictionFile" | "report" | "mail" | "workflow"} Kind
 * @typedef {{ type: string, message: string, step?: string }} Failure
 * @typedef {{ name: string, language: "python" | "javascript", taskId: string, state: State, error?: Failure | null }} Step
 * @typedef {{ done: number, total: number, secondsLeft?: number | null, loss?: number[] | null }} Progress
 * @typedef {{ id: string, kind: Kind, state: State, createdAt: string, progress: Progress | null, steps: Step[],
 *   result: Record<string, any> | null, file: string | null, error: Failure | null, retries?: number | null }} Job
 */

/** An error answer, or no answer at all (`status` 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, message?: string, field?: string, details?: unknown }} error
   * @param {any} body
   * @param {number} [retryAfterS]
   */
  constructor(status, { code = "", message = "" }, body, retryAfterS = 0) {
    super(message);
    this.status = status;
    this.code = code;
    /** What the server asks to wait; 0 if it does not say. */
    this.retryAfterS = retryAfterS;
    this.field = body?.error?.field;
    this.job = body?.job;
  }
}

let csrf = "";
let onNewSession = () => {};

/** @param {() => void} listener called when a new session replaces the old one, for example after the server lost it */
export function whenSessionIsNew(listener) {
  onNewSession = listener;
}

/**
 * Gets the session's cookie, and the token that each POST must send.
 */
export async function openSession() {
  const before = csrf;
  csrf = (await get("/api/session")).csrf;
  if (before !== "" && csrf !== before) onNewSession();
}

/** @param {string} path */
export const get = (path) => request(path, { headers: { accept: "application/json" } });

/**
 * Posts JSON or a form. Repeating a call with the same key, after a lost answer, starts nothing twice.
 *
 * @param {string} path
 * @param {object | FormData} [body]
 * @param {string} [key]
 */
export async function post(path, body = {}, key = newKey()) {
  const form = body instanceof FormData;
  const send = () => {
    /** @type {Record<string, string>} */
    const headers = { "x-csrf-token": csrf, "idempotency-key": key, accept: "application/json" };
    // The browser names a form's type itself, with the boundary of its parts.
    if (!form) headers["content-type"] = "application/json";
    return request(path, { method: "POST", headers, body: form ? body : JSON.stringify(body) });
  };
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Another window may have begun a new session.
    if (error.code === "csrf") await openSession();
    else if (error.status === 0) await new Promise((resolve) => setTimeout(resolve, 1000));
    else throw error;
    return send();
  }
}

/** Not `crypto.randomUUID`, which browsers have with HTTPS only. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/**
 * Checks whether the server sends something, without reading it.
 *
 * @param {string} path
 * @throws {ApiError}
 */
export async function check(path) {
  const stop = new AbortController();
  try {
    await answered(path, { signal: stop.signal });
  } finally {
    stop.abort();
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
const request = async (path, options) => (await answered(path, options)).json().catch(() => null);

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>}
 * @throws {ApiError}
 */
async function answered(path, options) {
  const response = await fetch(path, { ...options, credentials: "same-origin" }).catch(() => null);
  if (response === null) throw new ApiError(0, { code: "offline", message: "the server does not answer" }, null);
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const retryAfterS = Number(response.headers.get("retry-after"));
  throw new ApiError(response.status, body?.error ?? { message: response.statusText }, body, retryAfterS);
}
