/**
 * The clients of others: makes the calls that it is given as JSON with `celery-ts`, bare or with our adapter, or with `celery-node`,
 * and prints as JSON what became of each. Without `wait` it ends as soon as the broker has the messages.
 */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { celeryTsOptions } from "../../node/celery-js/src/celery-ts/index.js";
import { Celery } from "./celery-js.js";

/** This folder is not an npm workspace: the packages are those of node/. */
const load = createRequire(new URL("../../node/package.json", import.meta.url));

const { client: kind, url, queue, calls, wait } = JSON.parse(process.argv[2]);
const connect = { "celery-ts": bareCeleryTs, "celery-ts with adapter": adaptedCeleryTs, "celery-node": celeryNode }[
  kind
];
const client = await connect();

const results = calls.map(({ task, args = [], kwargs = {} }) => client.send(`conformance.${task}`, args, kwargs));
const outcomes = wait ? await Promise.all(results.map(outcome)) : [];
await client.flush();
// Timers and connections of these packages would keep the process for a day.
process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit());

async function bareCeleryTs() {
  const { Client, createBackend, createBroker } = load("celery-ts");
  const id = randomUUID();
  const [broker, backend] = [createBroker(url), createBackend(id, url)];
  // It misses what is published before its subscription is in force.
  await backend.subscriber;
  const published = notePublished(broker);
  const client = new Client({ id, brokers: [broker], backend });
  return { ...tasksOf(client), flush: () => Promise.all(published).then(() => broker.end()) };
}

/** Its `end()` does not wait for what it publishes: before the connection is ready its QUIT overtakes every LPUSH. */
function notePublished(broker) {
  const published = [];
  const publish = broker.publish.bind(broker);
  broker.publish = (message) => {
    const pushed = publish(message);
    published.push(pushed);
    return pushed;
  };
  return published;
}

function adaptedCeleryTs() {
  const { Client } = load("celery-ts");
  const adapted = new Client(celeryTsOptions(new Celery("other_client", { brokerUrl: url, resultBackend: url })));
  return { ...tasksOf(adapted), flush: () => adapted.end() };
}

function tasksOf(celeryTs) {
  return { send: (name, args, kwargs) => celeryTs.createTask(name).applyAsync({ args, kwargs, queue }) };
}

function celeryNode() {
  const node = load("celery-node").createClient(url, url, queue);
  const send = (name, args, kwargs) => node.createTask(name).applyAsync(args, kwargs);
  return { send, flush: () => node.disconnect() };
}

function outcome(result) {
  return result.get().then(
    (value) => ({ value }),
    (error) => ({ error: error.message }),
  );
}
