/**
 * The example's web server: it turns requests into jobs, and jobs' states into events. It does no work of its own, so it stays
 * quick while a model is trained. `web-python/` has the same API. Start: `make example`.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import files from "@fastify/static";
import { connect, TimeoutError } from "jobs-client";
import { z } from "zod";
import { createServer, Refusal } from "./http.js";
import { camelCased, Jobs } from "./jobs.js";
import { isLeft, isMade, Store } from "./store.js";

const env = process.env;
const FOLDER = env.JOBS_FILES_DIR;
const MAILBOX = env.MAILBOX_URL || "http://127.0.0.1:2580";
const WAIT_S = 5;
const COMMENT_EVERY_MS = 15_000;
// A page that does not read what it is sent is let go; it connects again.
const UNREAD_LIMIT_BYTES = 1024 * 1024;
if (!FOLDER) throw new Error("JOBS_FILES_DIR is empty: set it to the folder that the workers use too");

const name = z.string().max(100);
const rows = z.int().min(100).max(50_000);
const TAKES = {
  dataset: z.strictObject({ seed: z.int().min(0).max(1_000_000), rows }),
  training: z.strictObject({ dataset: name, rounds: z.int().min(1).max(400).default(40) }),
  prediction: z.strictObject({
    model: name,
    customer: z.strictObject({
      customerId: z.string().min(1).max(40),
      tenureMonths: z.int().min(0).max(120),
      monthlyCharge: z.number().min(0).max(500),
      contract: z.enum(["monthly", "yearly", "two-year"]),
      supportCalls: z.int().min(0).max(50),
      latePayments: z.int().min(0).max(24),
      products: z.int().min(1).max(8),
    }),
  }),
  predictionFile: z.strictObject({ model: name, dataset: name }),
  report: z.strictObject({ predictions: name }),
  mail: z.strictObject({ report: name, to: z.email().max(200) }),
  workflow: z.strictObject({ model: name, dataset: name, to: z.email().max(200) }),
  outage: z.strictObject({ seconds: z.int().min(0).max(120) }),
};

const tasks = connect();
const store = new Store(FOLDER);
const jobs = new Jobs(tasks, store);
const streams = new Set();
const app = await createServer({
  secret: env.WEB_SECRET ?? "",
  postsPerMinute: Number(env.WEB_POSTS_PER_MINUTE || 120),
  isSecure: env.WEB_SECURE === "1",
  isAway: () => jobs.broker !== "connected",
});

/** Keeps a record for a POST, once for an Idempotency-Key, and lets `fill` complete it. */
async function once({ headers, session }, kind, body, fill) {
  const { record, isNew, isOther } = await store.create({ session, key: headers["idempotency-key"], body, kind });
  if (isOther) throw new Refusal(422, "key-reused", "This key came with another body", { field: "Idempotency-Key" });
  if (!isNew) return firstOf(record, session);
  try {
    await fill(record);
    return record;
  } catch (error) {
    await store.remove(record);
    throw error;
  }
}

/** The record of an earlier POST with the same key, which may still be at work. */
async function firstOf(record, session) {
  const until = Date.now() + WAIT_S * 1000;
  for (let found = record; found && Date.now() < until; found = await store.read(session, record.id)) {
    if (isMade(found)) return found;
    await sleep(50);
  }
  throw new Refusal(409, "not-made", "The first POST with this key was not finished: please try again");
}

/** A POST that starts a job; `given` checks what it needs of the session and returns what its tasks take. */
const starts = (path, kind, given) =>
  app.post(path, async (request, reply) => {
    const body = TAKES[kind].parse(request.body);
    const record = await once(request, kind, body, async (made) => {
      made.given = await given(body, made);
      await jobs.send(made);
    });
    return reply.code(202).send(await jobs.view(record));
  });

/** @returns {Promise<any>} this session's record behind a name such as `model-ID`, or the refusal of a field */
async function owned(session, field, text, kinds) {
  const record = await store.read(session, text.slice(-36));
  const isDone =
    record && kinds.includes(record.kind) && isMade(record) && (record.kind === "dataset" || (await isJobDone(record)));
  if (!isDone) throw new Refusal(422, "invalid", `There is no such ${field}, or it is not finished`, { field });
  return record;
}
const isJobDone = async (record) => (await jobs.view(record)).state === "done";
const stepId = (record, step) => record.steps.find((one) => one.name === step).taskId;

app.post("/api/datasets", async (request, reply) => {
  const upload = request.isMultipart() ? await readUpload(request) : null;
  const body = upload
    ? { sha256: createHash("sha256").update(upload).digest("hex") }
    : TAKES.dataset.parse(request.body);
  const record = await once(request, "dataset", body, async (made) => {
    const dataset = `dataset-${made.id}`;
    const { inspect, generate } = tasks.py.churn.data;
    if (upload) await writeWhole(`${dataset}.csv`, upload);
    const sent = await (upload ? inspect.delay(dataset) : generate.delay(dataset, body.seed, body.rows));
    try {
      made.given = await sent.get({ timeout: WAIT_S });
    } catch (error) {
      if (upload) await rm(join(FOLDER, `${dataset}.csv`), { force: true });
      if (error.name === "ValueError") throw new Refusal(422, "invalid", error.message, { field: "file" });
      throw error instanceof TimeoutError ? tooLong() : error;
    }
    await store.save(made);
  });
  return reply.code(201).send(record.given);
});

starts("/api/trainings", "training", async ({ dataset, rounds }, record) => {
  await owned(record.session, "dataset", dataset, ["dataset"]);
  for (const other of await store.list(record.session)) {
    // Of two that come at once, the older one runs.
    const isOlder = `${other.createdAt} ${other.id}` < `${record.createdAt} ${record.id}`;
    if (other.kind !== "training" || !isOlder || other.final || isLeft(other)) continue;
    const job = isMade(other) ? await jobs.view(other) : undefined;
    if (job === undefined || ["waiting", "running"].includes(job.state))
      throw new Refusal(409, "running", "A training of yours runs: wait for it, or cancel it", { job });
  }
  return { dataset, rounds, model: `model-${record.id}` };
});

app.post("/api/predictions", async (request) => {
  const { model, customer } = TAKES.prediction.parse(request.body);
  await owned(request.session, "model", model, ["training"]);
  const values = Object.entries(customer).map(([key, value]) => [
    key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    value,
  ]);
  // It expires with the patience of the browser: nobody reads a later answer.
  const sent = await tasks.py.churn.prediction.predict.applyAsync([model, Object.fromEntries(values)], {
    expires: WAIT_S,
  });
  try {
    return camelCased(await sent.get({ timeout: WAIT_S }));
  } catch (error) {
    throw error instanceof TimeoutError ? tooLong(sent.id) : error;
  }
});

const predicts = async ({ model, dataset }, { id, session }) => {
  await owned(session, "model", model, ["training"]);
  const { given } = await owned(session, "dataset", dataset, ["dataset"]);
  return { model, dataset, rows: given.rows, predictions: `predictions-${id}`, report: `report-${id}` };
};
starts("/api/prediction-files", "predictionFile", (body, record) => predicts(body, record));
starts("/api/workflows", "workflow", async (body, record) => ({
  ...(await predicts(body, record)),
  to: body.to,
}));
starts("/api/reports", "report", async ({ predictions }, { id, session }) => {
  const made = await owned(session, "predictions", predictions, ["predictionFile", "workflow"]);
  return { input: stepId(made, "predict"), report: `report-${id}` };
});
starts("/api/mails", "mail", async ({ report, to }, { session }) => {
  const made = await owned(session, "report", report, ["report", "workflow"]);
  return { input: stepId(made, "report"), to };
});

/** This session's job of the address; another session's is as good as none. */
async function jobOf({ session, params }) {
  const record = await store.read(session, params.id);
  if (!record?.steps.length) throw new Refusal(404, "not-found", "There is no such job");
  return record;
}
app.get("/api/jobs", async ({ session }) => ({ jobs: await jobs.list(session) }));
app.get("/api/jobs/:id", async (request) => jobs.view(await jobOf(request)));
app.post("/api/jobs/:id/cancel", async (request, reply) => {
  const record = await jobOf(request);
  if (!record.final) await jobs.cancel(record);
  return reply.code(202).send(await jobs.view(record));
});
app.post("/api/jobs/:id/resume", async (request, reply) => {
  const record = await jobOf(request);
  const { state } = await jobs.view(record);
  if (!["failed", "cancelled"].includes(state)) throw new Refusal(409, "not-failed", `This job is ${state}`);
  await jobs.resume(record);
  return reply.code(202).send(await jobs.view(record));
});

app.get("/api/events", async ({ session }, reply) => {
  const latest = new Map();
  let tell = (_event, data) => latest.set(data.id, data);
  const unlisten = jobs.listen(session, (event, data) => tell(event, data));
  const known = await jobs.list(session);
  reply.hijack();
  const { raw } = reply;
  const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
  raw.writeHead(200, { ...reply.getHeaders(), ...headers });
  tell = (event, data) => {
    if (raw.writableLength > UNREAD_LIMIT_BYTES) raw.destroy();
    else raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  tell("broker", { state: jobs.broker });
  for (const job of known.reverse()) tell("job", latest.get(job.id) ?? job);
  const timer = setInterval(() => raw.write(": still here\n\n"), COMMENT_EVERY_MS);
  streams.add(raw);
  raw.on("close", () => {
    clearInterval(timer);
    unlisten();
    streams.delete(raw);
  });
});

app.get("/api/files/:name", async ({ session, params }, reply) => {
  const [, kind, id, suffix] = /^(predictions|report)-([a-f0-9-]{36})\.(csv|pdf)$/.exec(params.name) ?? [];
  const bytes =
    id &&
    (await store.read(session, id)) &&
    (await readFile(join(FOLDER, `${kind}-${id}.${suffix}`)).catch(() => null));
  if (!bytes) throw new Refusal(404, "not-found", "There is no such file");
  reply.header("content-disposition", `attachment; filename="${params.name}"`);
  return reply.type(suffix === "pdf" ? "application/pdf" : "text/csv; charset=utf-8").send(bytes);
});

app.get("/api/mailbox", async ({ session }) => {
  const mailbox = await askMailbox("/mails");
  const own = new Set((await store.list(session)).map((record) => record.given.to));
  return { ...mailbox, mails: mailbox.mails.filter((mail) => own.has(mail.to)) };
});
app.post("/api/mailbox/outage", async (request, reply) => {
  const body = JSON.stringify(TAKES.outage.parse(request.body));
  return reply
    .code(202)
    .send(await askMailbox("/outage", { method: "POST", body, headers: { "content-type": "application/json" } }));
});

app.get("/livez", async () => ({ state: "ok" }));
app.get("/readyz", async (_request, reply) =>
  reply.code(jobs.broker === "connected" ? 200 : 503).send({ broker: jobs.broker }),
);
app.get("/openapi.json", async (_request, reply) =>
  reply.type("application/json").send(await readFile(beside("../openapi.json"))),
);
await app.register(files, { root: beside("../web") });

async function readUpload(request) {
  const part = await request.file();
  if (part?.fieldname !== "file") throw new Refusal(422, "invalid", "The form has no file", { field: "file" });
  if (!/\.csv$/i.test(part.filename))
    throw new Refusal(415, "unsupported-media-type", "Use a CSV file", { field: "file" });
  return part.toBuffer();
}

async function writeWhole(file, bytes) {
  const part = join(FOLDER, `.${file}.${process.pid}`);
  await writeFile(part, bytes);
  await rename(part, join(FOLDER, file));
}

async function askMailbox(path, options) {
  const answer = await fetch(MAILBOX + path, { ...options, signal: AbortSignal.timeout(2000) }).catch(() => null);
  if (!answer?.ok) throw new Refusal(502, "no-mailbox", "The mail catcher does not answer");
  return answer.json();
}

function tooLong(job) {
  return new Refusal(504, "too-long", `The workers did not answer within ${WAIT_S} s`, { job });
}

function beside(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

const stopping = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    // Requests end first. Pages connect again by themselves, and find the same jobs at the next server.
    stopping.abort();
    for (const stream of streams) stream.end();
    await app.close();
    await tasks.close();
    process.exit(0); // what still waits for a task's end
  });
}
await mkdir(FOLDER, { recursive: true });
void jobs.watchBroker(stopping.signal);
const address = await app.listen({ host: env.WEB_HOST || "127.0.0.1", port: Number(env.WEB_PORT || 8000) });
process.stdout.write(`web server: ${address}\n`);
