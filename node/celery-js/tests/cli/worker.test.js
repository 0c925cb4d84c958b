/** `celery-js worker`: Celery's options become a worker's, and what is wrong or not there is refused in one line. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { COMMANDS } from "../../src/cli/commands.js";
import { run } from "../../src/cli/run.js";
import { WORKER_OPTIONS, workerArguments } from "../../src/cli/worker/options.js";
import { Celery } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const APP = fileURLToPath(new URL("worker_app/app.js", import.meta.url));
const INDEX = new URL("../../src/index.js", import.meta.url).href;

/** In this process. @param {string[]} words of a call that starts no worker */
async function say(words) {
  const said = { out: "", err: "" };
  const streams = /** @type {any} */ ({
    stdout: { on: () => {}, write: (/** @type {string} */ text) => (said.out += text) },
    stderr: { write: (/** @type {string} */ text) => (said.err += text) },
    env: {},
  });
  const { Terminal } = await import("../../src/cli/terminal.js");
  return { code: await run(COMMANDS, words, new Terminal(streams)), ...said };
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string[]} words
 * @param {Record<string, string>} env
 */
function start(t, words, env) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...words], { env: { ...inherited, ...env } });
  t.after(() => child.kill("SIGKILL"));
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => (said.out += data));
  child.stderr.on("data", (data) => (said.err += data));
  const ended = once(child, "close").then(([code]) => code);
  return {
    said,
    ended,
    isReady: () => waitUntil(() => /ready\./.test(said.out), { what: `ready: ${said.out}${said.err}` }),
    hangUp: () => void child.stdout.destroy(),
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

describe("an option is what Celery's worker takes", () => {
  const processors = availableParallelism();
  for (const [words, options, settings = {}] of /** @type {Array<[string, object, object?]>} */ ([
    ["", {}],
    ["-Q orders,mails", { queues: ["orders", "mails"] }],
    ["--queues=orders", { queues: ["orders"] }],
    ["-c 4", { concurrency: 4 }],
    ["-c4", { concurrency: 4 }],
    ["--concurrency auto", { concurrency: processors }],
    ["-c 0", {}],
    ["-P threads -c 2", { pool: "threads", concurrency: 2 }],
    ["--pool=async --threads 2", { pool: "async", threadConcurrency: 2 }],
    ["--autoscale=10,3", { autoscale: { max: 10, min: 3 } }],
    ["--autoscale=3,10", { autoscale: { max: 10, min: 3 } }],
    ["--autoscale=10", { autoscale: { max: 10, min: 1 } }],
    ["--autoscale 10,0", { autoscale: { max: 10, min: 1 } }],
    ["--max-tasks-per-child 5", { maxTasksPerChild: 5 }],
    ["--max-memory-per-child 100000", { maxMemoryPerChild: 100_000 }],
    ["--prefetch-multiplier 1", { prefetchMultiplier: 1 }],
    ["--prefetch-multiplier 0", {}],
    ["-n w1@%h", { hostname: "w1@%h" }],
    ["--time-limit 2.5", {}, { taskTimeLimit: 2.5 }],
    ["--soft-time-limit 0", {}, { taskSoftTimeLimit: 0 }],
    ["-X slow,mails", { excludeQueues: ["slow", "mails"] }],
    ["-E", { taskEvents: true }],
    ["--task-events", { taskEvents: true }],
    ["--events", { taskEvents: true }],
    ["--without-heartbeat", { withoutHeartbeat: true }],
    ["--heartbeat-interval 5", { heartbeatInterval: 5 }],
    ["--heartbeat-interval 0", {}],
    ["--without-mingle", { withoutMingle: true }],
    ["--without-gossip", {}],
    ["-O fair", {}],
    ["-Ofair", {}],
    ["--optimization=default", {}],
    ["-f /tmp/%n%I.log", { logfile: "/tmp/%n%I.log" }],
    ["--pidfile=/tmp/%n.pid", { pidfile: "/tmp/%n.pid" }],
    ["-S /tmp/%n.state", { statedb: "/tmp/%n.state" }],
    ["--statedb=/tmp/%n.state", { statedb: "/tmp/%n.state" }],
    ["-l INFO", {}, { workerLogLevel: "info" }],
    ["--loglevel=Fatal", {}, { workerLogLevel: "critical" }],
  ])) {
    it(words || "none", () => {
      const { values } = parseArgs({ args: words.split(" ").filter(Boolean), options: WORKER_OPTIONS });
      assert.deepEqual(workerArguments(values), { options, settings });
    });
  }

  it("a space after a comma belongs to no name", () => {
    assert.deepEqual(workerArguments({ queues: "a, b" }).options, { queues: ["a", "b"] });
  });
});

describe("a wrong or unknown option: one line and exit code 2", () => {
  for (const [words, line] of /** @type {Array<[string, string]>} */ ([
    ["-Q a,,b", "--queues a,,b: expected names of queues, separated by commas."],
    ["-c many", "--concurrency many: expected a whole number, 1 or more, or auto."],
    ["-c 1.5", "--concurrency 1.5: expected a whole number, 1 or more, or auto."],
    ["-P prefork", "--pool prefork: expected 'async' or 'threads'."],
    ["--threads x", "--threads x: expected a whole number, 1 or more, or auto."],
    ["--autoscale=a", "--autoscale a: expected the most and the fewest threads, such as 10,3."],
    ["--autoscale=1,2,3", "--autoscale 1,2,3: expected the most and the fewest threads, such as 10,3."],
    ["--autoscale=0", "--autoscale 0: expected the most and the fewest threads, such as 10,3."],
    ["--max-tasks-per-child 0", "--max-tasks-per-child 0: expected a whole number, 1 or more."],
    ["--max-memory-per-child 1G", "--max-memory-per-child 1G: expected a whole number, 1 or more."],
    ["--prefetch-multiplier=-1", "--prefetch-multiplier -1: expected a whole number, 1 or more."],
    ["--time-limit 5m", "--time-limit 5m: expected a number of seconds, 0 or more."],
    ["--soft-time-limit=-1", "--soft-time-limit -1: expected a number of seconds, 0 or more."],
    ["-n a\tb", "--hostname a\tb: expected a name without spaces, such as w1@%h."],
    ["-l loud", "--loglevel loud: expected one of debug, info, warning, error, critical."],
    [
      "-P threads -c 2 --threads 3",
      "With --pool threads, --concurrency and --threads both set the number of threads: give one.",
    ],
    ["--pol threads", "Unknown option '--pol'"],
    ["more", "Unexpected argument 'more'"],
    ["-c 2", "Which app? -A FILE names the module that exports it."],
    ["--statedb=", "--statedb : expected a file's path."],
    ["-X ,", "--exclude-queues ,: expected names of queues, separated by commas."],
    ["-O quick", "--optimization quick: expected default or fair."],
    ["--pidfile=", "--pidfile : expected a file's path."],
    ["--umask 022", "--umask: leave it to what starts the worker: systemd, a container, a shell."],
  ])) {
    it(words, async () => {
      assert.deepEqual(await say(["worker", ...words.split(" ")]), { code: 2, out: "", err: `Error: ${line}\n` });
    });
  }
});

it("--help lists all options", async () => {
  const { code, out } = await say(["worker", "--help"]);
  assert.equal(code, 0);
  assert.match(out, /^Usage: celery-js worker \[OPTIONS\]\n[\s\S]*\n {2}-P, --pool POOL +Where tasks run/);
  for (const name of Object.keys(WORKER_OPTIONS)) assert.ok(out.includes(`--${name}`), name);
  assert.doesNotMatch(out, /umask|detach/);
});

describe("a module without an app: one line and exit code 1", () => {
  /** @type {string} */
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "celery-js-cli-"));
    const files = {
      "settings.mjs": "export const celerySettings = () => ({});",
      "starting.mjs": `import { Celery, workerMain } from "${INDEX}"; await workerMain(new Celery("a"));`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [file, line] of /** @type {Array<[string, RegExp]>} */ ([
    ["settings.mjs", /settings\.mjs exports no app as app, celery, default; settings alone have no tasks\./],
    [
      "starting.mjs",
      /starting\.mjs: it starts a worker by itself\. [^\n]* or name a module that only exports the app\./,
    ],
    ["missing.mjs", /The file .*missing\.mjs was not found\./],
  ])) {
    it(file, async () => {
      const { code, err } = await say(["worker", "-A", join(folder, file)]);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`^Error: Unable to load celery application\\. [^\\n]*${line.source}\\n$`));
    });
  }
});

describe("with a server", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Celery} */
  let client;
  before(async () => {
    server = await startServer();
    client = new Celery("client", { brokerUrl: server.url, resultBackend: server.url });
  });
  after(async () => {
    await client.close();
    await server.stop();
  });

  /**
   * @param {string} name
   * @param {string} queue
   * @returns {Promise<any>}
   */
  const call = async (name, queue) => (await client.sendTask(`shop.work.${name}`, [], { queue })).get({ timeout: 15 });

  it("a thread worker takes name, queues, limits and threads", async (t) => {
    const threads = ["--pool", "threads", "-c", "2", "--max-tasks-per-child", "1"];
    const limits = ["--time-limit", "7", "--soft-time-limit", "0.5"];
    const words = ["worker", "-A", APP, "-Q", "one,two", "-n", "w1@%n-x", "-l", "INFO", ...threads, ...limits];
    const worker = start(t, words, { TEST_URL: server.url });
    await worker.isReady();

    const [first, second] = [await call("where", "one"), await call("where", "two")];

    const name = `w1@${hostname().split(".")[0]}-x`;
    const { worker: own, queues, concurrency } = JSON.parse(worker.said.out.split("\n")[0]);
    assert.deepEqual([own, queues, concurrency], [name, ["one", "two"], { threads: 2 }]);
    for (const { isMainThread, hostname: at, timeLimit } of [first, second]) {
      assert.deepEqual([isMainThread, at, timeLimit], [false, name, 7]);
    }
    assert.notEqual(first.threadId, second.threadId);
    assert.equal(await call("until_soft_limit", "two"), "SoftTimeLimitExceeded");
    assert.equal(await worker.stop(), 0);
    assert.equal(worker.said.err, "");
  });

  it("a task that calls process.exit() is named in the last line", async (t) => {
    const worker = start(t, ["worker", "-A", APP, "-Q", "exits", "-l", "INFO"], { TEST_URL: server.url });
    await worker.isReady();
    const rest = await client.sendTask("shop.work.rest", [], { queue: "exits" });
    await waitUntil(() => worker.said.out.includes(`shop.work.rest[${rest.id}] received`), { what: "rest runs" });

    const leave = await client.sendTask("shop.work.leave", [], { queue: "exits" });

    assert.equal(await worker.ended, 3);
    const { level, message } = JSON.parse(worker.said.out.trimEnd().split("\n").at(-1) ?? "");
    assert.equal(level, "critical");
    assert.equal(
      message,
      `Task shop.work.leave[${leave.id}] has called process.exit(3), which ends this worker. ` +
        `Running: shop.work.rest[${rest.id}], shop.work.leave[${leave.id}]. Their messages return to their queues when their leases end`,
    );
    await client.control.revoke([rest.id, leave.id]);
  });

  it("a second worker with the same pid file does not start", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "celery-js-cli-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const files = ["--pidfile", join(folder, "%n.pid"), "-f", join(folder, "%n%I.log")];
    const words = ["worker", "-A", APP, "-Q", "here,there", "-X", "there", "-n", "w7@%h", "-l", "INFO", "-E", ...files];
    const worker = start(t, words, { TEST_URL: server.url, FORCE_COLOR: "1" });
    const log = () => readFileSync(join(folder, "w7.log"), "utf8");
    await waitUntil(() => existsSync(join(folder, "w7.log")) && /ready\./.test(log()), { what: "ready" });
    assert.match(readFileSync(join(folder, "w7.pid"), "utf8"), /^\d+\n$/);
    assert.match(worker.said.out, /\n {2}queues here; tasks /);

    const second = start(t, words, { TEST_URL: server.url });
    assert.equal(await second.ended, 73);
    assert.match(
      log(),
      /Cannot start the pid file: Pidfile \(.*w7\.pid\) already exists\. Seems we're already running\?/,
    );

    assert.equal(await worker.stop(), 0);
    assert.equal(existsSync(join(folder, "w7.pid")), false);
    assert.match(log(), /Worker stopped/);
  });

  it("a worker whose log pipe is closed goes on until stopped", async (t) => {
    const worker = start(t, ["worker", "-A", APP, "-Q", "unheard", "-l", "INFO"], { TEST_URL: server.url });
    await worker.isReady();
    worker.hangUp();

    for (let i = 0; i < 3; i++) assert.equal((await call("where", "unheard")).isMainThread, true);

    assert.equal(await worker.stop(), 0);
  });

  it("-b replaces the app's broker, and -C turns off colours", async (t) => {
    const words = ["-b", server.url, "-C", "-A", APP, "worker", "-c", "3"];
    const nowhere = "redis://127.0.0.1:1/0";
    const worker = start(t, words, { TEST_URL: server.url, TEST_BROKER_URL: nowhere, FORCE_COLOR: "1" });
    await worker.isReady();

    // What a task sends goes there too.
    const sent = client.AsyncResult(await call("send_on", "celery"));
    assert.equal((await sent.get({ timeout: 15 })).isMainThread, true);

    assert.match(worker.said.out, /concurrency 3 \(async\)\n/);
    assert.ok(!worker.said.out.includes("\x1b["));
    assert.equal(await worker.stop(), 0);
  });
});
