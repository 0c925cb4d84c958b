/** `events`: the lines that events become. What Celery's dumper prints is in the conformance tests. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Dumper } from "../../src/cli/events/dumper.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** @param {Record<string, unknown>} fields */
const event = (fields) => /** @type {any} */ ({ hostname: "a@h", timestamp: 1795395371.712, ...fields });

describe("an event is a line", () => {
  it("of a worker", () => {
    const line = new Dumper().line(event({ type: "worker-heartbeat", freq: 2, loadavg: [1.5, 2], b: null, a: true }));
    assert.equal(line, "a@h [2026-11-23 00:56:11.712000+00:00] heartbeat: a=True, b=None, freq=2, loadavg=[1.5, 2]");
  });
  it("without fields", () => {
    assert.equal(
      new Dumper().line(event({ type: "worker-offline", timestamp: 0 })),
      "a@h [1970-01-01 00:00:00+00:00] shutdown ",
    );
  });
  it("whose moment has the microseconds that Python gives it", () => {
    const line = new Dumper().line(event({ type: "worker-offline", timestamp: 1795400801.2990134 }));
    assert.equal(line, "a@h [2026-11-23 02:26:41.299013+00:00] shutdown ");
  });
  it("of a task, with the call wherever it is known", () => {
    const dumper = new Dumper();
    const received = { type: "task-received", uuid: "id", name: "add", args: "(1,)", kwargs: "{}", eta: null };
    const lines = [
      event(received),
      event({ type: "task-started", uuid: "id", pid: 7 }),
      event({ type: "task-failed", uuid: "other", exception: "ValueError('x')" }),
    ].map((each) => dumper.line(each).slice("a@h [2026-11-23 00:56:11.712000+00:00] ".length));
    assert.deepEqual(lines, [
      "task received: add(id) args=(1,) kwargs={} eta=None",
      "task started: add(id) args=(1,) kwargs={} pid=7",
      "task failed:  exception=ValueError('x')",
    ]);
  });
  it("with missing fields", () => {
    assert.equal(
      new Dumper().line(event({ type: "task-sent", timestamp: "soon" })),
      "a@h [soon] task sent None(undefined) args=None kwargs=None ",
    );
  });
});

it("unknown options and arguments are refused", () => {
  const { status, stderr } = spawnSync(MAIN, ["events", "--camera", "my.Cam"], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^Error: -c, --camera: there are no snapshots; .*\n$/);
});

it("an unreachable broker is waited for, until Ctrl-C", async () => {
  const folder = mkdtempSync(join(tmpdir(), "celery-js-cli-"));
  const settings = '{ brokerUrl: "redis://127.0.0.1:1/0", taskPublishTimeout: 0.1 }';
  writeFileSync(join(folder, "settings.mjs"), `export const celerySettings = () => (${settings});`);
  const command = spawn(MAIN, ["-A", "settings.mjs", "events", "--json"], { cwd: folder });
  const said = { out: "", error: "" };
  command.stdout.on("data", (data) => {
    said.out += data;
  });
  command.stderr.on("data", (data) => {
    said.error += data;
    if (/Trying again in 2\.00 seconds/.test(said.error)) command.kill("SIGINT");
  });
  const [code] = await once(command, "close");
  rmSync(folder, { recursive: true });
  assert.deepEqual([code, said.out], [0, ""]);
  assert.match(said.error, /^-> evdump: starting capture\.\.\.\n-> Cannot connect: cannot reach redis:\/\/127/);
});
