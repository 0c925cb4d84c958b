/** The jobs of this session, kept up to date by the server's events. */
import { openSession } from "./api.js";

/** @typedef {import("./api.js").Job} Job */

const REOPEN_AFTER_MS = 2000;
const RUNNING = new Set(["waiting", "running", "retrying"]);

/** @type {Map<string, Job>} */
const jobs = new Map();
/** @type {Set<(changed: Job | null) => void>} */
const listeners = new Set();
/** @type {(state: "connected" | "reconnecting" | "offline") => void} */
let onConnection = () => {};

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

/** @param {(changed: Job | null) => void} listener called after each change */
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
  for (const listener of listeners) listener(job);
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
}

function open() {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => onConnection("connected"));
  source.addEventListener("job", ({ data }) => put(JSON.parse(data)));
  source.addEventListener("broker", ({ data }) => onConnection(JSON.parse(data).state));
  source.addEventListener("error", () => {
    onConnection("offline");
    if (source.readyState === EventSource.CLOSED) setTimeout(reopen, REOPEN_AFTER_MS);
  });
}

async function reopen() {
  try {
    await openSession();
    open();
  } catch {
    setTimeout(reopen, REOPEN_AFTER_MS);
  }
}
