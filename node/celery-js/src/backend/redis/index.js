/** Redis and Valkey as a result backend, which `backend.js` chooses by the URL scheme. */
import { parseRedisUrl, SCHEMES } from "../../transport/redis/url.js";
import { PARAMETER_NAMES } from "../../transport/redis/url-parameters.js";
import { RedisResultStore } from "./store.js";

/** @type {import("../backend.js").BackendKind} */
export const REDIS = Object.freeze({
  schemes: SCHEMES,
  urlParameters: PARAMETER_NAMES,
  create: (settings) => {
    const { resultBackendTransportOptions: options } = settings;
    const { globalKeyprefix, resultChordOrdered } = options;
    return new RedisResultStore({
      address: parseRedisUrl(settings.resultBackend, { options, name: "resultBackend" }),
      timeoutMs: settings.taskPublishTimeout * 1000,
      connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
      globalKeyprefix,
      expires: settings.resultExpires,
      failureExpires: settings.resultFailureExpires,
      chordOrdered: resultChordOrdered,
      decompressedSizeLimit: settings.decompressedSizeLimit,
    });
  },
});
