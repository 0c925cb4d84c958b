/** A self-signed certificate for one test: X.509 in DER, as little of it as TLS needs (RFC 5280). */
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/**
 * @param {number} tag
 * @param {...Buffer} parts
 * @returns {Buffer} tag, length, contents
 */
function der(tag, ...parts) {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), contents]);
}
const sequence = (/** @type {Buffer[]} */ ...parts) => der(0x30, ...parts);
const set = (/** @type {Buffer[]} */ ...parts) => der(0x31, ...parts);
const oid = (/** @type {string} */ hex) => der(0x06, Buffer.from(hex, "hex"));
const text = (/** @type {string} */ value) => der(0x0c, Buffer.from(value));
const time = (/** @type {Date} */ date) => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`));

const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = "550403";
const SUBJECT_ALT_NAME = "551d11";
const BASIC_CONSTRAINTS = "551d13";

/**
 * @param {string} host name that the certificate is for
 * @returns {{ key: string, cert: string }} PEM; the certificate signs itself, so it is its own authority
 */
export function selfSigned(host) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(oid(COMMON_NAME), text(host))));
  const hour = 3_600_000;
  const validity = sequence(time(new Date(Date.now() - hour)), time(new Date(Date.now() + hour)));
  const alternative = sequence(der(0x82, Buffer.from(host)));
  const authority = sequence(der(0x01, Buffer.from([0xff])));
  const extensions = der(
    0xa3,
    sequence(
      sequence(oid(SUBJECT_ALT_NAME), der(0x04, alternative)),
      sequence(oid(BASIC_CONSTRAINTS), der(0x01, Buffer.from([0xff])), der(0x04, authority)),
    ),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    name,
    validity,
    name,
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const base64 = sequence(body, ECDSA_SHA256, signature).toString("base64");
  const cert = `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
}
