/** A client as a web service has it. Prints what it got, as JSON. */
import { Celery, chain, group, NotRegistered, TaskError } from "celery-js";

const url = process.env.JOBS_BROKER_URL;
const jobs = new Celery("shop", { brokerUrl: url, resultBackend: url, taskRoutes: { "js_workers.*": "js-queue" } });
const ADD = "js_workers.tasks.example.arithmetic.add";

/** @param {string} name @param {unknown[]} args */
async function failure(name, args) {
  try {
    return await (await jobs.sendTask(name, args, { queue: "js-queue" })).get({ timeout: 30 });
  } catch (error) {
    return [error.name, error instanceof NotRegistered, error instanceof TaskError];
  }
}

function worker() {
  try {
    return typeof jobs.worker();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

async function main() {
  const sum = await jobs.sendTask(ADD, [1, 2]);
  const add = (...args) => jobs.signature(ADD, args);
  const chained = await chain(
    group(add(1, 2), add(3, 4)),
    jobs.signature("celery.accumulate", [], { queue: "js-queue" }),
  ).delay();
  const rebuilt = jobs.signature({ task: "celery.chord", subtask_type: "chord", kwargs: { header: [], body: null } });
  const told = {
    sum: await sum.get({ timeout: 30 }),
    chained: await chained.get({ timeout: 30 }),
    rebuilt: rebuilt.subtaskType,
    unknown: await failure("js_workers.tasks.nothing", []),
    wrong: await failure(ADD, [1, 2, 3]),
    worker: worker(),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
  await jobs.close();
}

main();
