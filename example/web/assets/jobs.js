/** The jobs of this session, kept up to date by the server's events. */
import { ApiError, check, openSession, whenSessionIsNew } from "./api.js";

/** @typedef {import("./api.js").Job} Job */

const REOPEN_AFTER_MS = 2000;
/** After other tabs have taken all streams that a session may have. */
const REOPEN_CROWDED_AFTER_MS = 30_000;
const RUNNING = new Set(["waiting", "running", "retrying"]);

/** @type {Map<string, Job>} */
const jobs = new Map();
/** @type {Set<(changed: Job | null) => void>} */
const listeners = new Set();
/** @typedef {"offline" | "no-cookies" | "too-many-tabs"} Obstacle */

/** @type {(state: "connected" | "reconnecting" | Obstacle) => void} */
let onConnection = () => {};
/** Why no stream is open. @type {Obstacle} */
let obstacle = "offline";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let reopening;
/** @type {EventSource | undefined} */
let source;

/** @returns {Job[]} newest first */
export const all = () => [...jobs.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));

/**
 * @param {import("./api.js").Kind} kind
 * @returns {Job | undefined} the newest one
 */
export const newest = (kind) => all().find((job) => job.kind === kind);

/**
 * @param {...import("./api.js").Kind} kinds
 * @returns {Job | undefined}
 */
export const newestDone = (...kinds) => all().find((job) => kinds.includes(job.kind) && job.state === "done");

/** @param {Job | undefined} job */
export const isRunning = (job) => job !== undefined && RUNNING.has(job.state);

/** @param {(changed: Job | null) => void} listener called after each change; null when anything may have changed */
export function onChange(listener) {
  listeners.add(listener);
}

/** @param {Job} job a job from an answer. It does not replace a known one, because an event may have overtaken the answer */
export function add(job) {
  if (!jobs.has(job.id)) put(job);
}

/** @param {Job} job */
function put(job) {
  jobs.set(job.id, job);
  tell(job);
}

/** @param {string} id */
function remove(id) {
  jobs.delete(id);
  tell(null);
}

/** @param {Job | null} changed */
function tell(changed) {
  for (const listener of listeners) listener(changed);
}

/**
 * Listens to the server for as long as the page is open. The browser reconnects by itself after a cut; if the server
 * refuses, for example because it lost its sessions, this opens a new session.
 *
 * @param {typeof onConnection} told
 */
export function listen(told) {
  onConnection = told;
  open();
  // All tabs share a browser's six connections to a server, so a hidden tab closes its own.
  document.addEventListener("visibilitychange", reopen);
  whenSessionIsNew(() => {
    // The jobs of an earlier session can no longer be read or cancelled.
    jobs.clear();
    open();
  });
}

/** Opens the stream of events, which begins with all jobs. */
function open() {
  source?.close();
  if (document.hidden) return;
  const opened = new EventSource("/api/events");
  source = opened;
  /** @type {string[]} */
  let before = [];
  opened.addEventListener("open", () => {
    obstacle = "offline";
    before = [...jobs.keys()];
    tell(null);
  });
  opened.addEventListener("job", ({ data }) => put(JSON.parse(data)));
  opened.addEventListener("listed", ({ data }) => {
    // Jobs may have gone while no stream was open. Those that began since then may be missing in the list.
    const listed = new Set(JSON.parse(data).ids);
    for (const id of before) if (!listed.has(id)) jobs.delete(id);
    tell(null);
  });
  opened.addEventListener("gone", ({ data }) => remove(JSON.parse(data).id));
  opened.addEventListener("mailbox", () => tell(null));
  opened.addEventListener("broker", ({ data }) => onConnection(JSON.parse(data).state));
  opened.addEventListener("error", () => {
    onConnection(obstacle);
    if (opened.readyState === EventSource.CLOSED) reopenLater(refused);
  });
}

/** @param {() => Promise<void>} how @param {number} [afterMs] */
function reopenLater(how, afterMs = REOPEN_AFTER_MS) {
  clearTimeout(reopening);
  reopening = setTimeout(how, afterMs);
}

async function reopen() {
  if (document.hidden) return source?.close();
  try {
    await openSession();
    open();
  } catch {
    reopenLater(reopen);
  }
}

/** Opens a new session and the stream, unless it learns why the server refuses the stream: an EventSource does not tell. */
async function refused() {
  if (document.hidden) return;
  try {
    await openSession();
    await check("/api/events");
    // Later, as the server must notice first that this check has ended. A new session has its stream already.
    if (source?.readyState === EventSource.CLOSED) reopenLater(reopen);
  } catch (error) {
    obstacle = obstacleOf(error);
    onConnection(obstacle);
    reopenLater(refused, obstacle === "too-many-tabs" ? REOPEN_CROWDED_AFTER_MS : undefined);
  }
}

/** @param {unknown} error @returns {Obstacle} */
function obstacleOf(error) {
  if (!(error instanceof ApiError)) return "offline";
  if (error.code === "too-many-streams") return "too-many-tabs";
  // The browser does not send the new cookie either, so it keeps none.
  return error.status === 401 ? "no-cookies" : "offline";
}
