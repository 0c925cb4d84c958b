/** Asks the workers for their contract once per process, and warns if it differs from this client's. */
import { hash, hashes } from "./contract.js";

/** A process that ends sooner does not ask, so that short scripts don't keep all workers busy. */
const DELAY_MS = 200;
const TIMEOUT_S = 1;
const NAMES = 5;

/** @type {Set<string>} the servers whose workers this process has asked */
const asked = new Set();
/** @type {WeakSet<import("celery-js").Celery>} */
const checked = new WeakSet();

/**
 * Makes the first call of an app start the comparison.
 *
 * @param {import("celery-js").Celery} app
 */
export function checkContract(app) {
  checked.add(app);
}

/**
 * Notes that an app has sent something. The first time, it asks the workers in the background. Nothing waits for their
 * answers, the process may end meanwhile, and errors are ignored, because jobs can be sent without the comparison.
 *
 * @param {import("celery-js").Celery} app
 */
export function noteSent(app) {
  if (!checked.delete(app)) return;
  const { brokerUrl, brokerTransportOptions } = app.settings;
  const server = JSON.stringify([brokerUrl, brokerTransportOptions]);
  if (asked.has(server)) return;
  asked.add(server);
  setTimeout(() => ask(app).catch(() => {}), DELAY_MS).unref();
}

/** @param {import("celery-js").Celery} app */
async function ask(app) {
  const options = { reply: true, timeout: TIMEOUT_S, background: true };
  const replies = (await app.control.broadcast("contract", {}, options)) ?? [];
  const warning = difference(hash, hashes, replies.flatMap(Object.values));
  if (warning !== "") process.emitWarning(warning, "ContractWarning");
}

/**
 * Compares each worker with the tasks of its language that the client knows. A worker with none of them belongs to another
 * application. Tasks that only the workers know make no difference.
 *
 * @param {string} contract
 * @param {{ [language: string]: { [task: string]: string } }} languages
 * @param {readonly any[]} answers of workers to `inspect contract`
 * @returns {string} the warning about the tasks that differ; empty when there are none
 */
export function difference(contract, languages, answers) {
  const changed = new Set();
  const missing = new Set();
  const theirs = new Set();
  for (const answer of answers) {
    const tasks = answer?.tasks;
    if (typeof tasks !== "object" || tasks === null) continue;
    for (const own of Object.values(languages)) {
      const names = Object.keys(own);
      if (!names.some((name) => Object.hasOwn(tasks, name))) continue;
      for (const name of names) {
        if (tasks[name] === own[name]) continue;
        (Object.hasOwn(tasks, name) ? changed : missing).add(name);
        theirs.add(String(answer.hash));
      }
    }
  }
  if (theirs.size === 0) return "";
  const parts = Object.entries({ changed, missing }).filter(([, names]) => names.size > 0);
  return (
    `workers have another contract than this client (${[...theirs].sort().join(", ")}, not ${contract}): ` +
    `${parts.map(([word, names]) => `${word}: ${listed(names)}`).join("; ")}: ` +
    "install the client generated from the contract of the workers"
  );
}

/** @param {ReadonlySet<string>} names */
function listed(names) {
  const more = names.size > NAMES ? ` and ${names.size - NAMES} more` : "";
  return [...names].sort().slice(0, NAMES).join(", ") + more;
}
