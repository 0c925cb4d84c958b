/** Reads results as a JavaScript client does: a line with an id comes in, a line that says how it ended goes out. */
import { createInterface } from "node:readline";
import { Celery } from "../conformance/celery-js.js";

const url = process.argv[2];
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
const app = new Celery("reader", { brokerUrl: url, resultBackend: url });
for await (const line of createInterface({ input: process.stdin })) {
  /** @type {string} */
  const id = JSON.parse(line);
  try {
    await app.AsyncResult(id).get({ timeout: 2 });
    say("value");
  } catch (thrown) {
    say(thrown instanceof Error ? `error ${thrown.name}` : `no error: ${String(thrown)}`);
  }
}
await app.close();
