import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { chain, task } from "../../node/celery-js/src/index.js";
import { startServer } from "../../node/celery-js/tests/support/server.js";
import { waitUntil } from "../../node/celery-js/tests/support/wait.js";
import { startWorker } from "../../node/celery-js/tests/support/worker.js";

const exporter = new InMemorySpanExporter();
const tracer = trace.getTracer("test");

/** @param {string} name */
const spansOf = (name) => exporter.getFinishedSpans().filter((span) => span.name === name);
/** @param {string} name */
const spanOf = (name) => waitUntil(() => spansOf(name)[0], { what: name });

const TASKS = {
  add: (/** @type {number} */ x, y = 1) => x + y,
  inner: () => tracer.startActiveSpan("inside", async (span) => span.end()),
  fail: () => {
    throw new RangeError("no stock");
  },
  expected: task({ throws: [RangeError] }, () => {
    throw new RangeError("as expected");
  }),
  flaky: task({ bind: true }, (self) => {
    if (self.request.retries === 0) throw self.retry({ exc: new Error("busy"), countdown: 0 });
    return "done";
  }),
  errback: (/** @type {string} */ id) => id,
};

describe("traces", () => {
  /** @type {import("../../node/celery-js/tests/support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  before(async () => {
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
    server = await startServer();
    running = await startWorker(server.url, TASKS, { options: { queues: ["q"] } });
  });
  after(async () => {
    await running.stop();
    await server.stop();
  });
  beforeEach(() => exporter.reset());

  /** @param {string} name @param {...unknown} args */
  const call = async (name, ...args) => (await running.app.sendTask(name, args)).get({ timeout: 10 });

  it("sending and running are spans of one trace", async () => {
    const id = await tracer.startActiveSpan("request", async (span) => {
      const sent = await running.app.sendTask("add", [1]);
      await sent.get({ timeout: 10 });
      span.end();
      return sent.id;
    });

    const [request, sent, run] = [await spanOf("request"), await spanOf("apply_async/add"), await spanOf("run/add")];
    assert.equal(sent.parentSpanContext?.spanId, request.spanContext().spanId);
    assert.equal(run.parentSpanContext?.spanId, sent.spanContext().spanId);
    assert.deepEqual([sent.kind, run.kind], [SpanKind.PRODUCER, SpanKind.CONSUMER]);
    for (const span of [sent, run]) {
      assert.equal(span.attributes["messaging.message.id"], id);
      assert.equal(span.attributes["messaging.destination.name"], "q");
      assert.equal(span.attributes["celery.task_name"], "add");
    }
    assert.deepEqual([sent.attributes["celery.action"], run.attributes["celery.action"]], ["apply_async", "run"]);
    assert.equal(run.attributes["celery.state"], "SUCCESS");
  });

  it("a task's own spans are children of its run", async () => {
    await call("inner");

    const run = await spanOf("run/inner");
    assert.equal((await spanOf("inside")).parentSpanContext?.spanId, run.spanContext().spanId);
  });

  it("tasks that run at the same time keep their own spans", async () => {
    const sent = await running.app.sendTasks(Array.from({ length: 20 }, () => ["inner"]));
    await Promise.all(sent.map((result) => result.get({ timeout: 10 })));

    await waitUntil(() => spansOf("run/inner").length === 20);
    const parents = spansOf("inside").map((span) => span.parentSpanContext?.spanId);
    assert.deepEqual(new Set(parents), new Set(spansOf("run/inner").map((span) => span.spanContext().spanId)));
  });

  it("an error fails the span, an expected one does not", async () => {
    await assert.rejects(call("fail"));
    await assert.rejects(call("expected"));

    const [failed, expected] = [await spanOf("run/fail"), await spanOf("run/expected")];
    assert.deepEqual(failed.status, { code: SpanStatusCode.ERROR, message: "no stock" });
    assert.equal(failed.attributes["error.type"], "RangeError");
    assert.equal(expected.status.code, SpanStatusCode.UNSET);
    for (const span of [failed, expected]) {
      assert.equal(span.attributes["celery.state"], "FAILURE");
      assert.equal(span.events[0].attributes?.["exception.type"], "RangeError");
    }
  });

  it("a retry is sent by the run that it repeats", async () => {
    await call("flaky");

    await waitUntil(() => spansOf("run/flaky").length === 2);
    const [first, second] = spansOf("run/flaky");
    const [, resent] = spansOf("apply_async/flaky");
    assert.equal(first.attributes["celery.state"], "RETRY");
    assert.match(String(first.attributes["celery.retry.reason"]), /Retry.*busy/);
    assert.equal(resent.parentSpanContext?.spanId, first.spanContext().spanId);
    assert.equal(second.parentSpanContext?.spanId, resent.spanContext().spanId);
    assert.equal(second.attributes["celery.retries"], 1);
  });

  it("a chain and an errback follow from the runs before them", async () => {
    await (await chain(running.app.signature("add", [1]), running.app.signature("add", [2])).applyAsync()).get({
      timeout: 10,
    });
    await running.app.sendTask("fail", [], { linkError: running.app.signature("errback") });

    await spanOf("run/errback");
    const [first, second] = spansOf("run/add");
    const [, next] = spansOf("apply_async/add");
    assert.equal(next.parentSpanContext?.spanId, first.spanContext().spanId);
    assert.equal(second.parentSpanContext?.spanId, next.spanContext().spanId);
    const [failed] = spansOf("run/fail");
    assert.equal((await spanOf("apply_async/errback")).parentSpanContext?.spanId, failed.spanContext().spanId);
  });

  it("a sender's trace is continued, whatever its flags", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-03`, baggage: 7, tracestate: ["x"] };
    // Sent by another program: this one would write its own.
    const { delivery } = await foreign(headers);
    await running.app.publisher.publish(delivery);

    const run = await spanOf("run/add");
    assert.equal(run.spanContext().traceId, traceId);
    assert.equal(run.parentSpanContext?.spanId, "b7ad6b7169203331");
    assert.ok(running.lines.some((line) => /** @type {any} */ (line).trace_id === traceId));
  });

  it("a message that cannot be sent fails its span", async () => {
    const { app, stop } = await startWorker(server.url, {}, { options: { queues: ["other"] } });
    await stop();
    await assert.rejects(app.sendTask("add", [1]));

    assert.equal((await spanOf("apply_async/add")).status.code, SpanStatusCode.ERROR);
  });
});

/** @param {Record<string, unknown>} headers */
async function foreign(headers) {
  const { encodeEnvelope, taskMessage } = await import("../../node/celery-js/src/protocol/message.js");
  const { randomUUID } = await import("node:crypto");
  const message = taskMessage({ taskId: randomUUID(), name: "add", args: [1] });
  Object.assign(message.headers, headers);
  const address = /** @type {const} */ ({ exchange: "", exchangeType: "direct", routingKey: "q", priority: 0 });
  return { delivery: { ...address, text: encodeEnvelope(message, address), retryPolicy: null } };
}
