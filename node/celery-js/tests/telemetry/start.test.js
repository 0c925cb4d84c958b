import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { traceIdIn } from "../../src/execution/request.js";
import { optional } from "../../src/telemetry/optional.js";
import { startSentry } from "../../src/telemetry/sentry.js";
import { startTraces } from "../../src/telemetry/traces.js";

describe("telemetry", () => {
  it("does nothing unless a variable asks for it", async () => {
    const refused = [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_TRACES_EXPORTER: "none" },
    ];
    for (const environment of refused) {
      assert.deepEqual(await startTraces("shop", environment), { problem: null, flush: null });
    }
    assert.deepEqual(await startSentry({ SENTRY_DSN: "" }), { problem: null, flush: null });
  });

  it("names the package that is missing, and how to add it", async () => {
    const name = "@opentelemetry/no-such-package";
    const line = await optional(() => import(name), `${name}@^1`, "OTEL_TRACES_EXPORTER", "nothing is traced");

    const expected = `OTEL_TRACES_EXPORTER is set, but nothing is traced: the package ${name} is not installed`;
    assert.equal(line, `${expected} (make js-add PKG="${name}@^1")`);
  });

  it("does not hide an error inside a package", async () => {
    const file = "./no-such-file.js";
    const load = () => import(file);
    await assert.rejects(optional(load, "a-package", "SENTRY_DSN", "no errors are reported"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
  });

  it("reads the trace's id from a message, if there is one", () => {
    const id = "0af7651916cd43dd8448eb211c80319c";
    assert.equal(traceIdIn({ traceparent: `00-${id}-b7ad6b7169203331-03` }), id);
    assert.equal(traceIdIn({ traceparent: `cc-${id}-b7ad6b7169203331-01-more` }), id);
    for (const traceparent of [undefined, null, 7, "", id, `00-${id}`, {}, [`00-${id}-b7ad6b7169203331-03`]]) {
      assert.equal(traceIdIn({ traceparent }), undefined);
    }
  });
});
