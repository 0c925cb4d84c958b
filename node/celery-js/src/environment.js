/**
 * Settings from environment variables, checked by zod: the base of a project's `config.js`. A variable that is unknown or
 * has a wrong value ends the process with one line that says what is valid. celery-reliable has the same kinds of variables
 * for Python. Needs the package `zod`; imported as `celery-js/environment`.
 */
import { createRequire } from "node:module";
import { z } from "zod";
import { ImproperlyConfigured } from "./errors.js";
import { SOURCE_URL } from "./package-files.js";
import { parseHealthAddress } from "./validation/health-address.js";

/** Raised when variables are unknown or have a wrong value, with one line for each. */
export class ConfigError extends ImproperlyConfigured {}

/** Kubernetes gives every container these for each service of its namespace, here without the prefix. */
const KUBERNETES = /^(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.+)?)?)$/;

const NAME = String.raw`\s*[^\s,=]+\s*`;

/**
 * A kind of variable.
 *
 * @param {string} form a regular expression that the whole text fits
 * @param {string} expected names valid values, for the error
 */
const text = (form, expected) => z.string().regex(new RegExp(`^(?:${form})$`), expected);
/**
 * @param {string} form
 * @param {string} expected
 */
const number = (form, expected) => text(form, expected).transform(Number);

/**
 * @param {number} least
 * @param {number} most
 * @param {string} form
 * @param {string} expected
 */
function secondsBetween(least, most, form, expected) {
  return number(form, `${expected}, for example 60`).refine(
    (value) => value >= least && value <= most,
    `${expected}, for example 60`,
  );
}

const SENTINEL = String.raw`sentinel://[^/?#;\s]+(/[0-9]*)?(\?[^;\s]*)?`;
/** The servers of a URL: how it begins, and the form of the whole. docs/settings.md lists the parameters. */
const REDIS = {
  "redis://": String.raw`redis://[^/?#\s]+(/[0-9]*)?(\?\S*)?`,
  "rediss://": String.raw`rediss://[^/?#\s]+(/[0-9]*)?(\?\S*)?`,
  "redis+socket://": String.raw`redis\+socket://([^/?#\s]*@)?/[^?#\s]+(\?\S*)?`,
  "sentinel://": `${SENTINEL}(;${SENTINEL})*`,
};
const BROKERS = {
  ...REDIS,
  "amqp://": String.raw`(py)?amqp://[^?#\s]*(\?\S*)?`,
  "amqps://": String.raw`(py)?amqps://[^?#\s]*(\?\S*)?`,
};
const RESULTS = {
  ...REDIS,
  "db+postgresql://": String.raw`db\+postgresql(\+psycopg2?)?://[^/?#\s]*/[^/?#\s]+(\?\S*)?`,
};
const REDIS_EXAMPLE = "redis://127.0.0.1:6379/0";
const RABBITMQ_EXAMPLE = "amqp://user:password@127.0.0.1:5672//";
const POSTGRES_EXAMPLE = "db+postgresql://user:password@127.0.0.1:5432/jobs";

/**
 * @param {Record<string, string>} forms
 * @param {...string} examples
 */
function urlOf(forms, ...examples) {
  const beginnings = Object.keys(forms);
  const listed = `${beginnings.slice(0, -1).join(", ")} or ${beginnings.at(-1)}`;
  const expected = `a URL that begins with ${listed}, for example ${examples.join(" or ")}`;
  return text(Object.values(forms).join("|"), expected).refine(hasUsablePort, expected);
}

export const url = urlOf(REDIS, REDIS_EXAMPLE);
export const brokerUrl = urlOf(BROKERS, REDIS_EXAMPLE, RABBITMQ_EXAMPLE).refine(
  (url) => !/^(py)?amqps?:/.test(url) || isInstalled("amqplib"),
  "the package amqplib, which is not installed: npm install amqplib",
);
export const resultUrl = urlOf(RESULTS, REDIS_EXAMPLE, POSTGRES_EXAMPLE).refine(
  (url) => !url.startsWith("db+") || isInstalled("pg"),
  "the package pg, which is not installed: npm install pg@8",
);
export const routes = text(
  `${NAME}=${NAME}(,${NAME}=${NAME})*`,
  "pattern=queue pairs separated by commas, for example py_workers.*=py-queue,js_workers.*=js-queue",
).transform(readRoutes);
export const queues = text(`${NAME}(,${NAME})*`, "queue names separated by commas, for example js-queue").transform(
  readNames,
);
export const queue = text(String.raw`[^\s,=]+`, "the name of a queue, for example py-queue");
export const word = text(String.raw`\S*`, "a string without spaces, for example jobs:");
export const folder = text("(/.*)?", "the whole path of a folder, for example /srv/files");
export const count = number("[0-9]+", "a whole number, for example 5");
export const positiveCount = number("0*[1-9][0-9]*", "a whole number of at least 1, for example 2");
export const wholeSeconds = number("[0-9]+", "a whole number of seconds, for example 1800");
export const seconds = number(String.raw`(?=.*[1-9])[0-9]+(\.[0-9]+)?`, "a number of seconds, for example 60");
/** The setting `leaseS`. */
export const lease = secondsBetween(0.5, 1_200, String.raw`[0-9]+(\.[0-9]+)?`, "a number of seconds from 0.5 to 1200");
/** A whole number of seconds for which Node's timers can wait, as the setting `workerSoftShutdownTimeout`. */
export const timeout = secondsBetween(0, 2_073_600, "[0-9]+", "a whole number of seconds, at most 2073600 (24 days)");
export const address = z
  .string()
  .refine(
    (text) => text === "" || parseHealthAddress(text) !== null,
    "a port, a host and a port, or the path of a socket, for example 8080, 0.0.0.0:8080 or /tmp/health.sock",
  );
export const logLevel = text("debug|info|warning|error|critical", "one of debug, info, warning, error, critical");

export const logFormat = text("pretty|json|", "one of pretty, json");

/**
 * @template {z.ZodRawShape} Shape
 * @param {Shape} variables each variable with its kind and its default, as text: `seconds.prefault("60")`
 * @param {object} options
 * @param {string} options.prefix the prefix of these variables; any other variable with it is refused
 * @param {string} [options.others] prefix of variables that a program in another language reads
 * @param {Record<string, string>} [options.renamed] old names and what they are called now: the old ones are refused
 * @param {NodeJS.ProcessEnv} [options.environment]
 * @returns {z.output<z.ZodObject<Shape>>} the value of each variable; an empty one has its default
 * @throws {ConfigError} with one line for each variable that is unknown or has a wrong value
 */
export function readEnvironment(variables, { prefix, others, renamed = {}, environment = process.env }) {
  const given = Object.entries(environment)
    .map(([name, value = ""]) => /** @type {const} */ ([name, value.trim()]))
    .filter(([name, value]) => name.startsWith(prefix) && value !== "");
  const problems = given
    .filter(([name]) => !(name in variables) && !(others && name.startsWith(others)))
    .filter(([name]) => !KUBERNETES.test(name.slice(prefix.length)))
    .map(([name, value]) => `${name}=${shown(value, name)}: ${unknown(renamed[name])}`);
  const read = z.object(variables).safeParse(Object.fromEntries(given));
  for (const { path, message } of read.error?.issues ?? []) {
    const name = String(path[0]);
    problems.push(`${name}=${shown(environment[name]?.trim() ?? "", name)}: expected ${message}`);
  }
  if (problems.length > 0 || !read.success) throw new ConfigError([...new Set(problems)].join("\n"));
  return read.data;
}

/** @param {string | undefined} newName */
const unknown = (newName) =>
  newName === undefined ? "unknown variable; docs/settings.md lists them all" : `this variable is now ${newName}`;

/**
 * @param {string} text
 * @returns {boolean} false for a port that is not a number, or out of range
 */
function hasUsablePort(text) {
  return text.split(/;(?=sentinel:)/).every((url) => {
    const host = /^[^:/]+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?/;
    const port = host.exec(url)?.[1] ?? "";
    return /^[0-9]*$/.test(port) && Number(port) <= 65_535;
  });
}

/**
 * Looks without loading it, which the first connection does.
 *
 * @param {string} name of an optional package
 */
function isInstalled(name) {
  if (SOURCE_URL === null) return true; // in a bundle, which does not say where packages are
  try {
    createRequire(SOURCE_URL).resolve(name);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== "MODULE_NOT_FOUND";
  }
}

/** @param {string} text */
function readNames(text) {
  return text.split(",").map((name) => name.trim());
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
function readRoutes(text) {
  return Object.fromEntries(text.split(",").map((pair) => pair.split("=").map((part) => part.trim())));
}

/**
 * Hides a possible password in the text, because logs have many readers.
 *
 * @param {string} text
 * @param {string} name
 */
function shown(text, name) {
  if (/PASS|SECRET|TOKEN/.test(name)) return "'**'";
  const hidden = text.replace(/^(\S*?:\/\/)?.*@/, "$1**@");
  return `'${hidden.replace(/([?&](?:\w+_)?(?:user|pass)\w*=)[^&;]*/gi, "$1**")}'`;
}
