/** The JavaScript client: the template's settings; it sends, asks and notes until it is stopped. See py_client.py. */
import { setTimeout as delay } from "node:timers/promises";
import { Celery } from "../../node/celery-js/src/index.js";
import { celerySettings } from "../../node/js_workers/config.js";
import { append } from "./ledger.js";

const PAUSE_MS = 200;
const ANSWER_WITHIN_S = 3;

const ledger = process.env.OUTAGES_LEDGER ?? "";
const app = new Celery("outages_client", celerySettings());

/** @param {string} label @returns {string} the name of its task */
const nameOf = (label) => `outages.${label.split(":")[1]}`;

/** Sends a task with a callback; nobody waits for their results. @param {string} label */
async function send(label) {
  const [client, worker, number] = label.split(":");
  const after = `${client}:${worker === "python" ? "node" : "python"}:${number}+`;
  const callback = app.signature(nameOf(after), [after], { immutable: true, taskId: after });
  await app.sendTask(nameOf(label), [label], { taskId: label, link: callback });
}

/** Sends a task and waits for its result. @param {string} label */
async function ask(label) {
  const result = await app.sendTask(nameOf(label), [label]);
  await result.get({ timeout: ANSWER_WITHIN_S });
}

/** @param {"send" | "ask"} event @param {string} label @param {(label: string) => Promise<void>} call */
async function noted(event, label, call) {
  const began = Date.now() / 1000;
  let failure = /** @type {string | null} */ (null);
  try {
    await call(label);
  } catch (raised) {
    const error = /** @type {Error} */ (raised);
    failure = `${error.name}: ${error.message}`;
  }
  append(ledger, event, label, began, Date.now() / 1000, failure);
}

for (let number = 0; ; number += 1) {
  for (const worker of ["python", "node"]) await noted("send", `node:${worker}:${number}`, send);
  await noted("ask", `node:echo:${number}`, ask);
  await delay(PAUSE_MS);
}
