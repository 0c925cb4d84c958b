/** Reads a table of variables from the environment; refuses an unknown or wrong one with one clear line. */

const OLDEST_NODE = 20;

/** Thrown when a `JOBS_*` variable is unknown or its value is wrong, with one line that says which. */
export class ConfigError extends Error {}

/** @typedef {Record<string, any>} Values what each variable of a table says, by its name */
/** @typedef {Record<string, { type: keyof typeof TYPES, default: string | number }>} Table */

const NAME = String.raw`\s*[^\s,=]+\s*`;
const URL_FORM = String.raw`rediss?://[^/?#\s]+(/[0-9]*)?(\?\S*)?|redis\+socket:///\S+`;

/** What a variable takes: the form of its text, how to read it, and how to say so. */
export const TYPES = {
  url: {
    form: URL_FORM,
    read: readUrl,
    expected: "a URL that begins with redis://, rediss:// or redis+socket://, for example redis://127.0.0.1:6379/0",
  },
  routes: {
    form: `${NAME}=${NAME}(,${NAME}=${NAME})*`,
    read: readRoutes,
    expected: "pattern=queue pairs separated by commas, for example py_workers.*=py-queue,js_workers.*=js-queue",
  },
  queues: {
    form: `${NAME}(,${NAME})*`,
    read: readQueues,
    expected: "queue names separated by commas, for example js-queue",
  },
  queue: { form: String.raw`[^\s,=]+`, read: String, expected: "the name of a queue, for example py-queue" },
  text: { form: String.raw`\S*`, read: String, expected: "a text without spaces, for example jobs:" },
  count: { form: "[0-9]+", read: Number, expected: "a whole number, for example 5" },
  positive: { form: "0*[1-9][0-9]*", read: Number, expected: "a whole number of at least 1, for example 2" },
  wholeSeconds: { form: "[0-9]+", read: Number, expected: "a whole number of seconds, for example 1800" },
  seconds: {
    form: String.raw`(?=.*[1-9])[0-9]+(\.[0-9]+)?`,
    read: Number,
    expected: "a number of seconds, for example 60",
  },
  address: {
    form: String.raw`((\S+:)?[0-9]{1,5}|/\S+)?`,
    read: String,
    expected: "a port, a host and a port, or the path of a socket, for example 8080, 0.0.0.0:8080 or /tmp/health.sock",
  },
  level: {
    form: "debug|info|warning|error|critical",
    read: String,
    expected: "one of debug, info, warning, error, critical",
  },
};

/** Kubernetes gives every container these for each service of its namespace whose name begins with "jobs". */
const KUBERNETES = "JOBS_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.+)?)?)";

/** The Python workers check their own: one environment may serve both languages. */
const OTHER_LANGUAGE = "JOBS_PY_.*";

/**
 * @param {Table} table
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Values} the value of each variable of the table; an empty one has its default
 * @throws {ConfigError} when a variable of the environment is not in the table, or a value is not of its type
 */
export function readVariables(table, environment) {
  for (const [name, text = ""] of Object.entries(environment)) {
    const isOurs = name.startsWith("JOBS_") && !matches(`${KUBERNETES}|${OTHER_LANGUAGE}`, name);
    if (isOurs && !(name in table)) {
      throw new ConfigError(`${name}=${shown(text, name)}: unknown variable; docs/settings.md lists them all`);
    }
  }
  return Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, readValue(name, row, (environment[name] ?? "").trim())]),
  );
}

/** Ends the program with one line when its Node cannot run the workers. Called before anything newer is imported. */
export function checkNodeVersion(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return;
  throw new ConfigError(`js_workers needs Node ${OLDEST_NODE} or newer; this is Node ${version} (${process.execPath})`);
}

/**
 * Ends the program with exit code 1. What the user can put right is said in one line; anything else is a bug, and keeps its
 * stack.
 *
 * @param {unknown} error
 */
export function exitWith(error) {
  const known = error instanceof ConfigError || (error instanceof Error && "args" in error);
  const text = error instanceof Error ? (known ? error.message : error.stack) : error;
  process.stderr.write(`${text}\n`, () => process.exit(1));
}

/** @param {string} name @param {Table[string]} row @param {string} given */
function readValue(name, row, given) {
  const text = given === "" ? String(row.default) : given;
  const { form, read, expected } = TYPES[row.type];
  const value = matches(form, text) ? read(text) : undefined;
  if (value === undefined) throw new ConfigError(`${name}=${shown(text, name)}: expected ${expected}`);
  return value;
}

/** @param {string} form @param {string} text */
function matches(form, text) {
  return new RegExp(`^(?:${form})$`).test(text);
}

/** @param {string} text @returns {string | undefined} undefined for a port that is no number, or out of range */
function readUrl(text) {
  const port = /^rediss?:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?/.exec(text)?.[1] ?? "";
  return /^[0-9]*$/.test(port) && Number(port) <= 65_535 ? text : undefined;
}

/** @param {string} text */
function readQueues(text) {
  return text.split(",").map((queue) => queue.trim());
}

/** @param {string} text @returns {Record<string, string>} */
function readRoutes(text) {
  return Object.fromEntries(text.split(",").map((pair) => pair.split("=").map((part) => part.trim())));
}

/** The text without what may be a password: logs are read by many. @param {string} text @param {string} name */
function shown(text, name) {
  if (/PASS|SECRET|TOKEN/.test(name)) return "'**'";
  return `'${text.replace(/^(\S*?:\/\/)?.*@/, "$1**@")}'`;
}
