/** The interface of result backends, and the choice of one by its URL scheme. */
import { hideSecrets } from "../transport/url.js";
import { DisabledBackend } from "./disabled.js";
import { POSTGRES } from "./postgres/index.js";
import { REDIS } from "./redis/index.js";

/** @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta */

/**
 * @typedef {object} WaitOptions
 * @property {number | null} [timeoutMs] default: as long as it takes
 * @property {AbortSignal} [signal]
 * @property {number} [intervalMs] between two polls, where the backend polls
 * @property {(meta: ResultMeta) => unknown} [onMessage] called with each state, the final one included
 */

/**
 * @typedef {object} ResultBackend
 * @property {(taskId: string) => string} key the key of a task's result
 * @property {(taskId: string) => Promise<ResultMeta | null>} get what is stored now
 * @property {(taskId: string, options?: WaitOptions) => Promise<ResultMeta>} wait
 *   resolves once the result is ready
 * @property {(taskId: string, metaText: string, options?: { expires?: number | null }) => Promise<void>} storeText stores what
 *   `encodeMeta` wrote; `expires` in seconds. Rejects with a `Refusal` (transport/errors.js) if the server refuses it
 * @property {(taskId: string) => Promise<void>} forget
 * @property {(groupId: string, tuple: unknown) => Promise<void>} saveGroup `tuple`: the group's result as `asTuple()`
 * @property {(groupId: string) => Promise<unknown>} restoreGroup the tuple, null when none was saved
 * @property {(groupId: string) => Promise<void>} deleteGroup
 * @property {ChordStore | null} chords null: it counts no parts, and the task `celery.chord_unlock` polls them (Celery's
 *   `fallback_chord_unlock`)
 * @property {() => Promise<void>} [cleanUp] deletes expired results, where the server does not do that by itself
 * @property {() => Promise<void>} ready resolves once the server has accepted a connection
 * @property {() => Promise<void>} close
 */
/**
 * @typedef {object} ChordPart
 * @property {string} taskId
 * @property {number | null} index in the header
 * @property {string} text `[1, task id, state, result]` as JSON
 * @property {number} claimS how long the claim to send the body lasts, if this is the last part
 * @property {string} token of that claim
 *
 * @typedef {"waiting" | "claimed" | "taken" | "done"} ChordStanding claimed: this was the last part, so send the body;
 *   taken: another worker sends it; done: it was sent
 *
 * @typedef {object} ChordStore where the parts of chords are counted, by the id of their group
 * @property {(groupId: string, size: number) => Promise<void>} setSize
 * @property {(groupId: string) => Promise<void>} addOne one more part than the size says
 * @property {(groupId: string, part: ChordPart) => Promise<ChordStanding>} addPart
 * @property {(groupId: string) => Promise<string[]>} results the parts' texts, in header order or in the order in which
 *   they ended
 * @property {(groupId: string, token: string, seconds: number) => Promise<boolean>} prolongClaim false: another worker
 *   has it
 * @property {(groupId: string, seconds: number) => Promise<void>} endClaim has any claim end after that time
 * @property {(groupId: string, token: string, doneS: number) => Promise<boolean>} close forgets the parts; the body was sent
 * @property {(groupId: string, errbacks: readonly string[]) => Promise<void>} noteErrbacks a failed part has called them, as JSON
 * @property {(groupId: string) => Promise<string[]>} calledErrbacks those that failed parts have called
 * @property {(groupId: string) => Promise<void>} dropSize for a failed chord, which can never complete
 */

/**
 * @typedef {object} BackendKind what the index.js of a backend's folder exports
 * @property {readonly string[]} schemes of its URLs, in lower case
 * @property {readonly string[]} urlParameters that are not secret
 * @property {(settings: import("../settings.js").Settings & { resultBackend: string }) => ResultBackend} create
 */

/** The kinds of result backend. The first one refuses unknown schemes. @type {BackendKind[]} */
export const BACKENDS = [REDIS, POSTGRES];

/**
 * @param {import("../settings.js").Settings} settings
 * @returns {ResultBackend} not connected yet: the first command opens the connection
 * @throws {ImproperlyConfigured} when no backend has the URL's scheme
 */
export function createBackend(settings) {
  const { resultBackend } = settings;
  if (resultBackend === null) return new DisabledBackend();
  return kindOf(resultBackend).create({ ...settings, resultBackend });
}

/**
 * @param {string} url of a result backend
 * @returns {string} for logs, errors and `inspect`, see `hideSecrets`
 */
export const hideBackendPassword = (url) => hideSecrets(url, kindOf(url).urlParameters);

/**
 * @param {string} url
 * @returns {BackendKind} the kind with this scheme; the first one, which refuses it, if there is none
 */
function kindOf(url) {
  const [scheme] = url.split(":", 1);
  return BACKENDS.find(({ schemes }) => schemes.includes(scheme.toLowerCase())) ?? BACKENDS[0];
}
