/** Options of `celery worker` that a Node worker does not have: refused with the alternative, never ignored. */

const BEAT = "a Node worker has no beat; run `celery beat` separately, which sends JavaScript tasks by name";
const PURGE = "a worker deletes no messages; `celery purge` does";
const PROCESS = "leave it to what starts the worker: systemd, a container, a shell";

/** @satisfies {Record<string, import("../command.js").RefusedOption>} */
export const REFUSED = /** @type {const} */ ({
  "disable-prefetch": { type: "boolean", why: "--prefetch-multiplier 1 takes as many messages as there are slots" },
  "pool-start-method": { type: "string", why: "the pools of a Node worker have no processes" },
  include: { type: "string", short: "I", why: "the module of the app imports its tasks" },
  purge: { type: "boolean", why: PURGE },
  discard: { type: "boolean", why: PURGE },
  detach: { type: "boolean", short: "D", why: PROCESS },
  uid: { type: "string", why: PROCESS },
  gid: { type: "string", why: PROCESS },
  umask: { type: "string", why: PROCESS },
  executable: { type: "string", why: PROCESS },
  beat: { type: "boolean", short: "B", why: BEAT },
  schedule: { type: "string", short: "s", why: BEAT },
  "schedule-filename": { type: "string", why: BEAT },
  scheduler: { type: "string", why: BEAT },
});
