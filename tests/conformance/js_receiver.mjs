/** A JavaScript receiver of events: hears until its standard input ends, and prints as JSON what it has heard. */
import { Celery } from "./celery-js.js";

const app = new Celery("conformance_receiver", { brokerUrl: process.argv[2] });
const heard = [];
const receiver = app.events.receiver({ handlers: { "*": (event) => heard.push(event) } });
await receiver.start();
process.stdout.write("listening\n");
for await (const _ of process.stdin);
await app.close();
process.stdout.write(`${JSON.stringify(heard)}\n`);
