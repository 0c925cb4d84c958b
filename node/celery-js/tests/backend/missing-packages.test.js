/** Programs where the optional packages of RabbitMQ and PostgreSQL are not installed. Seen with real processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { useServer } from "../support/used-server.js";

const PACKAGE = new URL("../../src/index.js", import.meta.url).href;
const ENVIRONMENT = new URL("../../src/environment.js", import.meta.url).href;
const HIDING = new URL("../support/hidden-packages.js", import.meta.url).href;
const DEADLINE_MS = 40_000;
const NOBODY = "db+postgresql://jobs:secret@127.0.0.1:1/jobs";
const NO_PG = "a result backend db+postgresql:// needs the package pg: npm install pg@8";
const NO_AMQPLIB = "RabbitMQ (amqp://) needs the package amqplib, which is not installed: npm install amqplib";

/**
 * @param {string} source
 * @param {string} hidden
 */
async function run(source, hidden) {
  const child = spawn(process.execPath, ["--import", HIDING, "--input-type=module", "--eval", source], {
    env: { ...process.env, HIDDEN_PACKAGES: hidden },
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    timeout: DEADLINE_MS,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  return { code, output: output.trim() };
}

/**
 * @param {{ brokerUrl: string, resultBackend: string }} settings
 * @param {string} steps with `app` in scope
 */
const script = (settings, steps) => `
  import { Celery } from ${JSON.stringify(PACKAGE)};
  const app = new Celery("script", ${JSON.stringify(settings)});
  const attempt = (promise) => promise.then((value) => value, (error) => error.name + ": " + error.message);
  ${steps}
  await app.close();`;

describe("without pg", () => {
  const valkey = useServer();

  test("a client can send, and reading a result names the package", async () => {
    const steps = `
      const result = await app.sendTask("tests.add", [1, 2]);
      const began = performance.now();
      console.log(await attempt(result.get({ timeout: 20 })));
      console.log(performance.now() - began < 10_000);`;
    const { code, output } = await run(script({ brokerUrl: valkey.url, resultBackend: NOBODY }, steps), "pg");

    assert.equal(output, `ImproperlyConfigured: ${NO_PG}\ntrue`);
    assert.equal(code, 0);
    assert.equal(await valkey.redis.llen("celery"), 1);
  });

  test("a worker does not start, and takes nothing", async () => {
    const steps = `console.log(await attempt(app.worker({ queues: ["celery"] }).start()));`;
    const { output } = await run(script({ brokerUrl: valkey.url, resultBackend: NOBODY }, steps), "pg");

    assert.ok(output.includes(NO_PG), output);
    assert.equal(await valkey.redis.llen("celery"), 1);
  });
});

test("without amqplib, sending fails at once and names the package", async () => {
  const settings = { brokerUrl: "amqp://jobs:secret@127.0.0.1:1//", resultBackend: "redis://127.0.0.1:1" };
  const steps = `
    const began = performance.now();
    console.log(await attempt(app.sendTask("tests.add", [1, 2])));
    console.log(performance.now() - began < 4_000);`;
  const { code, output } = await run(script(settings, steps), "amqplib");

  assert.match(output, /^ImproperlyConfigured: /);
  assert.ok(output.endsWith(`${NO_AMQPLIB}\ntrue`), output);
  assert.equal(code, 0);
});

for (const [kind, url, name] of [
  ["resultUrl", NOBODY, "pg"],
  ["brokerUrl", "amqp://jobs:secret@127.0.0.1:1//", "amqplib"],
]) {
  test(`the environment of a worker names the missing ${name} in one line`, async () => {
    const source = `
      import { ${kind}, readEnvironment } from ${JSON.stringify(ENVIRONMENT)};
      try { readEnvironment({ JOBS_URL: ${kind} }, { prefix: "JOBS_", environment: { JOBS_URL: ${JSON.stringify(url)} } }); console.log("ok"); }
      catch (error) { console.log(error.message); }`;
    const { output } = await run(source, name);

    assert.match(
      output,
      new RegExp(`^JOBS_URL='[^']*': expected the package ${name}, which is not installed: npm install ${name}.*$`),
    );
    assert.ok(!output.includes("secret"));
    assert.equal((await run(source, "another")).output, "ok");
  });
}
