/** liveServer() and liveWorker(): a real server, and a real worker as a process. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Celery } from "../../src/index.js";
import { liveServer, liveWorker } from "../../src/testing/index.js";

const INDEX = fileURLToPath(new URL("../../src/index.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "live-worker-test-"));
after(() => rmSync(folder, { recursive: true }));

test("a worker serves its server until it is stopped", async () => {
  writeFileSync(
    join(folder, "worker.mjs"),
    `import { Celery, workerMain } from ${JSON.stringify(INDEX)};
     const url = process.env.CELERY_BROKER_URL;
     const app = new Celery("shop", { brokerUrl: url, resultBackend: url });
     app.task("add", (x, y) => x + y + Number(process.env.PLUS));
     await workerMain(app);`,
  );
  const server = await liveServer();
  const worker = await liveWorker(["node", "worker.mjs"], server.url, { cwd: folder, env: { PLUS: "4" } });
  const app = new Celery("client", { brokerUrl: server.url, resultBackend: worker.url });

  assert.equal(await (await app.sendTask("add", [1, 2])).get({ timeout: 10 }), 7);

  await app.close();
  await worker.stop();
  await worker.stop();
  await server.stop();
  assert.match(worker.log, /add/);
  assert.throws(() => process.kill(worker.pid, 0), { code: "ESRCH" });
});

test("a worker that does not start says why", async () => {
  const command = ["node", "-e", "console.log('no such app'); process.exitCode = 3"];
  await assert.rejects(liveWorker(command, "redis://127.0.0.1:1/0"), /ended with 3:\nno such app/);
  await assert.rejects(liveWorker(["no-such-program"], "redis://127.0.0.1:1/0"), /ENOENT/);
});

test("without a server, the error says where to get one", async (t) => {
  const { VALKEY_SERVER, PATH } = process.env;
  t.after(() => Object.assign(process.env, VALKEY_SERVER === undefined ? { PATH } : { VALKEY_SERVER, PATH }));
  delete process.env.VALKEY_SERVER;
  process.env.PATH = "/nowhere";
  t.mock.method(process, "cwd", () => "/");

  await assert.rejects(liveServer(), /set VALKEY_SERVER to the path of valkey-server/);
});
