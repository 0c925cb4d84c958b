/** celery-ts's client, which sends tasks one by one. This file keeps the promises of its broker, which the client drops. */
import { Client, createBackend, createBroker } from "celery-ts";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve, timed } from "./serve.js";

const { url, count } = orders();
const broker = createBroker(url);
/** @type {Promise<unknown>[]} */
const sent = [];
const publish = broker.publish.bind(broker);
broker.publish = (message) => {
  const promise = publish(message);
  sent.push(promise);
  return promise;
};
const client = new Client({ backend: createBackend("bench", url), brokers: [broker], id: "bench" });
const task = client.createTask(TASK);
const send = (/** @type {number} */ number, queue = QUEUE) => task.applyAsync({ args: [number, 1], kwargs: {}, queue });
send(0, "other");
await Promise.all(sent.splice(0));
serve(
  timed(count, async (length) => {
    for (let number = 0; number < length; number++) send(number);
    await Promise.all(sent);
  }),
);
