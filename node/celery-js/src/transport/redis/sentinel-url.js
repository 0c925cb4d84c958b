/** Reads the URLs of sentinels: `sentinel://host:26379/0;sentinel://host2:26379/0?master_name=main`. */
import { credentialsOf, hostOf, partsOf, unquote } from "../url-parts.js";
import { databaseNumber, readParameters } from "./url-parameters.js";

/** How long a sentinel may take to answer, unless the URL says otherwise. */
const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Database, user and password are those of the first URL, as in kombu; the parameters may stand in any of them.
 *
 * @param {string} text
 * @param {{ options: import("../../settings.js").TransportOptions, refuse: import("./url-parameters.js").Refuse }} context `options`: Celery's
 *   `broker_transport_options` in camelCase; the URL's parameters come first
 * @returns {Omit<import("./url.js").RedisAddress, "display">}
 */
export function parseSentinelUrl(text, { options, refuse }) {
  const urls = text.split(";").map((url) => partsOf(url));
  const known = urls.flatMap((url) => (url?.scheme === "sentinel" ? [url] : []));
  if (known.length < urls.length) throw refuse("expected several sentinel:// URLs, separated by semicolons");
  const [{ user, path }] = known;
  const query = joined(known, refuse);
  const {
    virtualHost,
    tls: queryTls,
    isTls,
    sentinel: asked,
    ...limits
  } = readParameters(query, {
    scheme: "sentinel",
    refuse,
  });
  const { masterName = options.masterName, minOtherSentinels = options.minOtherSentinels ?? 0, ...own } = asked;
  if (!masterName) throw refuse("master_name is missing; add it to the URL, for example ?master_name=mymaster");
  if (known.slice(1).some((url) => !["", "/", path].includes(url.path) || !["", user].includes(url.user))) {
    throw refuse("database, user and password are those of the first URL; leave them out of the others");
  }
  const { username, password, tls: kwargsTls, socketTimeout } = { ...options.sentinelKwargs, ...own };
  const sentinelTls = own.isTls || kwargsTls ? { ...queryTls, ...kwargsTls } : undefined;
  const timeoutMs = Math.min(limits.connectTimeoutMs ?? ANSWER_TIMEOUT_MS, ANSWER_TIMEOUT_MS);
  return {
    db: databaseNumber(virtualHost ?? unquote(path).slice(1), refuse),
    ...limits,
    ...credentialsOf(user),
    ...((isTls || options.tls) && { tls: { ...queryTls, ...options.tls } }),
    sentinel: {
      nodes: known.map(({ host }) => hostOf(host, { defaultPort: 26379, refuse })),
      masterName,
      minOtherSentinels,
      timeoutMs: socketTimeout ? socketTimeout * 1000 : timeoutMs,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(sentinelTls && { tls: sentinelTls }),
    },
  };
}

/**
 * @param {Array<{ query: string }>} urls
 * @param {import("./url-parameters.js").Refuse} refuse
 * @returns {string} the query of all
 */
function joined(urls, refuse) {
  const all = new URLSearchParams();
  for (const [name, value] of urls.flatMap(({ query }) => [...new URLSearchParams(query)])) {
    const given = all.get(name);
    if (given !== null && given !== value) throw refuse(`${name} has two values`);
    all.set(name, value);
  }
  return String(all);
}
