/**
 * A JavaScript client of workflows that follows commands, one at a time: it makes signatures, composes them and applies them
 * with celery-js's own classes, and keeps them under a number for the steps that follow. A step is a line of JSON, and so is
 * its answer; canvas_client.py is the other end.
 */
import { createInterface } from "node:readline";
import { Celery, chain, chord, group, Signature } from "./celery-js.js";
import { camelCaseKeys } from "./js_settings.js";

const settings = JSON.parse(process.argv[2]);
let app = new Celery("conformance_canvas", settings);
/** @type {Signature[]} by number */
const signatures = [];

/** A task that can be mapped: one that is registered. */
const registered = ({ task }) =>
  app.tasks.has(task) ? app.tasks.get(task) : app.task(task, { typing: false }, () => {});

const BUILDERS = {
  configure: (given) => {
    app = new Celery("conformance_canvas", { ...settings, ...camelCaseKeys(given) });
    return null;
  },
  signature: (task, args, options) => app.signature(task, args, camelCaseKeys(options)),
  rebuild: (data) => app.signature(data),
  chain,
  group,
  chord,
  map: (task, items) => registered(task).map(items),
  starmap: (task, items) => registered(task).starmap(items),
  chunks: (task, items, size) => registered(task).chunks(items, size),
};

const METHODS = {
  set: (signature, options) => signature.set(camelCaseKeys(options)),
  clone: (signature, args, kwargs, options) => signature.clone(args, { ...camelCaseKeys(options), kwargs }),
  link: (signature, callback) => signature.link(callback),
  linkError: (signature, errback) => signature.linkError(errback),
  onError: (signature, errback) => signature.onError(errback),
  stamp: (signature, stamps) => signature.stamp(stamps),
  visit: (signature, stamps) => signature.stamp({}, { visitor: { onSignature: () => stamps } }),
  data: (signature) => JSON.parse(JSON.stringify(signature)),
  applyAsync: (signature, args, kwargs, options) => signature.applyAsync(args, { ...camelCaseKeys(options), kwargs }),
};

/** What JSON has no word for: signatures by number, results by their tuple. */
function written(value) {
  if (Array.isArray(value)) return value.map(written);
  if (value instanceof Signature) {
    const number = signatures.indexOf(value);
    return { $signature: number < 0 ? signatures.push(value) - 1 : number };
  }
  return typeof value?.asTuple === "function" ? { $result: value.asTuple() } : value;
}

const read = (_name, value) => (value?.$signature === undefined ? value : signatures[value.$signature]);

for await (const line of createInterface({ input: process.stdin })) {
  const { build, call, given } = JSON.parse(line, read);
  let answer;
  try {
    answer = { value: written(await (build ? BUILDERS[build](...given) : METHODS[call](...given))) };
  } catch (thrown) {
    const { name, message } = /** @type {Error} */ (thrown);
    answer = { error: `${name}: ${message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await app.close();
