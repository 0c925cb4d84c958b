/** The query parameters of URLs for TLS, by their names in redis-py and kombu. Both languages know these (docs/settings.md lists them). */
import { readFileSync } from "node:fs";
import { unknownParameter } from "./url-parts.js";

/**
 * @typedef {import("node:tls").ConnectionOptions & { checkHostname?: boolean }} TlsOptions data alone, as it is sent to a thread
 * @typedef {(problem: string) => Error} Refuse
 */

/** @type {Record<string, (value: string, say: Refuse) => TlsOptions>} */
export const TLS_READERS = {
  ssl_cert_reqs: (value, say) => {
    if (!/^(CERT_)?(required|optional|none)$/i.test(value)) {
      throw say("expected CERT_REQUIRED, CERT_OPTIONAL or CERT_NONE");
    }
    return { rejectUnauthorized: !/none$/i.test(value) };
  },
  ssl_ca_certs: (file, say) => ({ ca: readPem(file, say) }),
  ssl_certfile: (file, say) => ({ cert: readPem(file, say) }),
  ssl_keyfile: (file, say) => ({ key: readPem(file, say) }),
  ssl_check_hostname: (value, say) => ({ checkHostname: flag(value, say) }),
};

export const TLS_PARAMETER_NAMES = Object.freeze(Object.keys(TLS_READERS));

/**
 * @param {string} query of a URL whose only parameters are these
 * @param {{ scheme: string, isTls: boolean, refuse: Refuse }} options `scheme`: the one with TLS
 * @returns {TlsOptions}
 * @throws {Error} of `refuse`, for a name that is not in the list, and for an invalid value
 */
export function readTlsParameters(query, { scheme, isTls, refuse }) {
  /** @type {TlsOptions} */
  const found = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!Object.hasOwn(TLS_READERS, name)) {
      throw refuse(unknownParameter(name, { known: TLS_PARAMETER_NAMES, example: `${scheme}user:password@host` }));
    }
    if (!isTls) throw refuse(`${name} is for ${scheme}`);
    Object.assign(
      found,
      TLS_READERS[name](value, (problem) => refuse(`${name}='${value}': ${problem}`)),
    );
  }
  return found;
}

/**
 * @param {string} text
 * @param {Refuse} say
 */
export function flag(text, say) {
  if (/^(1|t|true|y|yes)$/i.test(text)) return true;
  if (/^(0|f|false|n|no)$/i.test(text)) return false;
  throw say("expected true or false");
}

/**
 * @param {string} file
 * @param {Refuse} say
 */
function readPem(file, say) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw say(/** @type {Error} */ (error).message);
  }
}
