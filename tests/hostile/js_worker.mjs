/** The Node worker of the hostile tests: one task, which notes that it ran. Its settings are JSON in HOSTILE. */
import { appendFileSync } from "node:fs";
import { Celery, workerMain } from "../conformance/celery-js.js";

const { node, ledger } = JSON.parse(process.env.HOSTILE ?? "");
const app = new Celery("hostile", node);
app.task("hostile.run", { bind: true }, (/** @type {any} */ self, /** @type {unknown[]} */ ..._args) => {
  appendFileSync(ledger, `${JSON.stringify(self.request.id)}\n`);
  return 1;
});
await workerMain(app, { queues: ["hostile"] });
