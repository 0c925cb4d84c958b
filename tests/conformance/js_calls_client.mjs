/** A JavaScript client that makes all calls of js_calls.js, and closes its connections once its input ends. */
import { once } from "node:events";
import { Celery } from "./celery-js.js";
import { makeCalls } from "./js_calls.js";

const { settings, given } = JSON.parse(process.argv[2]);
const app = new Celery("conformance_calls", settings);
process.stdout.write(`${JSON.stringify(await makeCalls(app, given))}\n`);
await once(process.stdin.resume(), "end");
await app.close();
