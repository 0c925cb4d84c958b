/**
 * The example's web server: it turns requests into jobs, and their states into events. It does no heavy work itself, so it
 * stays quick while a model is trained. `web-python/` has the same API. Start: `make example`.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import files from "@fastify/static";
import { connect } from "jobs-client";
import * as bodies from "./bodies.js";
import { Follower } from "./follow.js";
import { createServer, Refusal } from "./guard.js";
import { answerOf, Jobs } from "./jobs.js";
import { askMailbox, uploadOf } from "./outside.js";
import { Store } from "./store.js";
import { camelCased, snakeCased } from "./view.js";
import { mailIdsOf, taskOf } from "./workflow.js";

/** @typedef {import("./store.js").JobRecord} JobRecord @typedef {import("fastify").FastifyRequest} FastifyRequest */

const env = process.env;
const FOLDER = resolve(env.JOBS_FILES_DIR ?? "");
const NO_BODY = { config: { takesNoBody: true } };
const WITH_HEAD = { exposeHeadRoute: true };
// Longer than a POST waits for its answer.
const STOPS_WITHIN_MS = 8000;
const EXAMPLE = fileURLToPath(new URL("..", import.meta.url));
if (!env.JOBS_FILES_DIR) throw new Error("JOBS_FILES_DIR is empty: set it to the folder that the workers use too");

const tasks = connect();
const store = new Store(FOLDER, (error, message) => app.log.error(error, message));
const follower = new Follower(tasks, store);
const jobs = new Jobs(tasks, store, follower);
const app = await createServer(env, () => follower.broker !== "connected");

app.post("/api/datasets", async (request, reply) => {
  const upload = await uploadOf(request);
  const made = upload ? null : bodies.newDataset.parse(request.body);
  const body = made ?? {
    sha256: createHash("sha256")
      .update(upload ?? "")
      .digest("hex"),
  };
  const { given } = await jobs.once(postOf(request, "dataset", body), async (record) => {
    // Two POSTs with one key have a file each until one of them is stored.
    const dataset = `dataset-${randomUUID().slice(0, 8)}-${record.id}`;
    const file = join(FOLDER, `${dataset}.csv`);
    const { inspect, generate } = tasks.py.churn.data;
    let stored;
    try {
      if (upload) await writeFile(file, upload);
      record.given = await answerOf(made ? generate.s(dataset, made.seed, made.rows) : inspect.s(dataset));
      stored = await store.create(record);
    } catch (/** @type {any} */ error) {
      throw error.name === "ValueError" ? new Refusal(422, "invalid", error.message, { field: "file" }) : error;
    } finally {
      if (stored !== record) await rm(file, { force: true });
    }
    return stored;
  });
  return reply.code(201).send(given);
});

app.post("/api/predictions", async (request) => {
  const { model, customer } = bodies.forOne.parse(request.body);
  await jobs.requireDone(request.session, "model", model, "training");
  return camelCased(await answerOf(tasks.py.churn.prediction.predict.s(model, snakeCased(customer))));
});

postJob("/api/trainings", "training", bodies.training, async ({ dataset, rounds }, { id, session }) => {
  await jobs.requireDone(session, "dataset", dataset, "dataset");
  return { dataset, rounds, model: `model-${id}` };
});
postJob("/api/prediction-files", "predictionFile", bodies.forFile, predicting);
postJob("/api/workflows", "workflow", bodies.workflow, async (body, record) => ({
  ...(await predicting(body, record)),
  to: body.to,
}));
postJob("/api/reports", "report", bodies.report, async ({ predictions }, { id, session }) => {
  const made = await jobs.requireDone(session, "predictions", predictions, "predictionFile", "workflow");
  return { input: taskOf(made, "predict"), report: `report-${id}` };
});
postJob("/api/mails", "mail", bodies.mail, async ({ report, to }, { session }) => {
  const made = await jobs.requireDone(session, "report", report, "report", "workflow");
  return { input: taskOf(made, "report"), to };
});

app.get("/api/jobs", async ({ session }) => ({ jobs: await follower.list(session) }));
app.get("/api/jobs/:id", async (request) => follower.view(await found(request)));
app.post("/api/jobs/:id/cancel", NO_BODY, async (request, reply) => {
  await jobs.cancel(await found(request));
  return reply.code(202).send(await follower.view(await found(request)));
});
app.post("/api/jobs/:id/resume", NO_BODY, async (request, reply) => {
  await jobs.resume(await found(request), keyOf(request));
  return reply.code(202).send(await follower.view(await found(request)));
});

app.get("/api/events", ({ session }, reply) => {
  const events = follower.events(session, reply.raw);
  async function* lines() {
    for await (const [event, data] of events)
      yield event ? `event: ${event}\ndata: ${JSON.stringify(data)}\n\n` : ": still here\n\n";
  }
  reply.headers({ "content-type": "text/event-stream", "x-accel-buffering": "no" });
  // Closes the connection with the stream, so that it does not delay the server's stop.
  return reply.header("connection", "close").send(Readable.from(lines()));
});

app.get("/api/files/:name", async (request, reply) => {
  const { name } = /** @type {{ name: string }} */ (request.params);
  const [, id = ""] = /^(?:predictions|report)-([a-f0-9-]{36})\.(?:csv|pdf)$/.exec(name) ?? [];
  if (!(await store.read(request.session, id)) || !(await isFile(join(FOLDER, name))))
    throw new Refusal(404, "not-found", "There is no such file");
  return reply.header("content-disposition", `attachment; filename="${name}"`).sendFile(name, FOLDER);
});

app.get("/api/mailbox", async ({ session }) => {
  const mailbox = await askMailbox("/mails");
  const own = new Set((await store.list(session)).flatMap(mailIdsOf));
  return { ...mailbox, mails: mailbox.mails.filter((/** @type {{ id: string }} */ { id }) => own.has(id)) };
});
app.post("/api/mailbox/outage", async (request, reply) => {
  const body = JSON.stringify(bodies.outage.parse(request.body));
  const headers = { "content-type": "application/json" };
  const mailbox = await askMailbox("/outage", { method: "POST", body, headers });
  follower.pages.tellAll("mailbox", mailbox); // all tabs show it
  return reply.code(202).send(mailbox);
});

app.get("/livez", WITH_HEAD, async () => ({ state: "ok" }));
app.get("/readyz", WITH_HEAD, async (_request, reply) =>
  reply.code(follower.broker === "connected" ? 200 : 503).send({ broker: follower.broker }),
);
await app.register(files, { root: join(EXAMPLE, "web") });
app.get("/openapi.json", (_request, reply) => reply.sendFile("openapi.json", EXAMPLE));

/**
 * A POST that starts a job.
 *
 * @template {import("zod").ZodType} Body
 * @param {string} path
 * @param {import("./store.js").Kind} kind
 * @param {Body} takes
 * @param {(body: import("zod").infer<Body>, record: JobRecord) => Promise<Record<string, any>>} given as `Jobs.start` wants it
 */
function postJob(path, kind, takes, given) {
  app.post(path, async (request, reply) => {
    const body = takes.parse(request.body);
    const record = await jobs.start(postOf(request, kind, body), (made) => given(body, made));
    return reply.code(202).send(await follower.view(record));
  });
}

/** @param {FastifyRequest} request @param {import("./store.js").Kind} kind @param {any} body */
function postOf(request, kind, body) {
  return { session: request.session, key: keyOf(request), kind, body };
}

/** @param {FastifyRequest} request */
const keyOf = ({ headers }) => bodies.keyed.parse(headers)["idempotency-key"];

/** @param {{ model: string, dataset: string }} body @param {JobRecord} record */
async function predicting({ model, dataset }, { id, session }) {
  await jobs.requireDone(session, "model", model, "training");
  const { given } = await jobs.requireDone(session, "dataset", dataset, "dataset");
  return { model, dataset, rows: given.rows, predictions: `predictions-${id}`, report: `report-${id}` };
}

/** @param {string} path @returns {Promise<boolean>} */
const isFile = (path) =>
  stat(path).then(
    (is) => is.isFile(),
    () => false,
  );

/** @param {FastifyRequest} request */
const found = ({ session, params }) => jobs.find(session, /** @type {{ id: string }} */ (params).id);

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    follower.pages.stop();
    // A client may never send the rest of its request.
    setTimeout(() => app.server.closeAllConnections(), STOPS_WITHIN_MS);
    await app.close(); // after the requests
    await tasks.close();
    process.exit(0); // pending waits for results would keep the process alive
  });
}
await mkdir(FOLDER, { recursive: true });
void follower.watchBroker();
follower.followAll().catch((error) => app.log.error(error));
const address = await app.listen({ host: env.WEB_HOST || "127.0.0.1", port: Number(env.WEB_PORT || 8000) });
process.stdout.write(`web server: ${address}\n`);
