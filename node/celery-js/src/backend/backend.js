/** What every result backend offers, and the choice of one by the scheme of its URL. */
import { parseRedisUrl } from "../transport/redis/url.js";
import { DisabledBackend } from "./disabled.js";
import { RedisResultStore } from "./redis/store.js";

/** @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta */

/**
 * @typedef {object} ResultBackend
 * @property {(taskId: string) => string} key where a task's result is
 * @property {(taskId: string) => Promise<ResultMeta | null>} get what is stored now
 * @property {(taskId: string, options?: { timeoutMs?: number | null, signal?: AbortSignal }) => Promise<ResultMeta>} wait
 *   resolves once the result is ready
 * @property {(taskId: string, metaText: string, options?: { expires?: number | null }) => Promise<void>} storeText stores what
 *   `encodeMeta` wrote; `expires` in seconds
 * @property {(taskId: string) => Promise<void>} forget
 * @property {() => Promise<void>} close
 */

/**
 * @param {import("../settings.js").Settings} settings
 * @returns {ResultBackend} not connected yet: the first command opens the connection
 * @throws {ImproperlyConfigured} when no backend has the URL's scheme
 */
export function createBackend(settings) {
  if (settings.resultBackend === null) return new DisabledBackend();
  const { globalKeyprefix, tls } = settings.resultBackendTransportOptions;
  return new RedisResultStore({
    address: parseRedisUrl(settings.resultBackend, { tls, name: "resultBackend" }),
    timeoutMs: settings.taskPublishTimeout * 1000,
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    globalKeyprefix,
    expires: settings.resultExpires,
  });
}
