/** `inspect`, `control` and `status`: how words become arguments, and answers become text. What Celery prints is in the conformance tests. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { COMMANDS } from "../../src/cli/commands.js";
import { compileArguments, findCommand } from "../../src/cli/remote/arguments.js";
import { remoteOptions } from "../../src/cli/remote/asking.js";
import { catalogue } from "../../src/cli/remote/catalogue.js";
import { replyText } from "../../src/cli/remote/text.js";
import { Terminal } from "../../src/cli/terminal.js";
import { Celery } from "../../src/index.js";
import { startServer } from "../support/server.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const INDEX = new URL("../../src/index.js", import.meta.url).href;
const ALL = catalogue([]);

/** @param {string} line of a command and its arguments */
function compiled(line) {
  const [name, ...words] = line.split(" ");
  return compileArguments(name, /** @type {any} */ (ALL.get(name)), words);
}

describe("words become arguments as on Celery's command line", () => {
  for (const [line, args] of /** @type {Array<[string, Record<string, unknown>]>} */ ([
    ["ping", {}],
    ["conf yes", { with_defaults: true }],
    ["conf", {}],
    ["query_task a b", { ids: ["a", "b"] }],
    ["registered", { taskinfoitems: [] }],
    ["objgraph Request 20 3", { type: "Request", num: 20, max_depth: 3 }],
    ["terminate KILL a b", { signal: "KILL", task_id: ["a", "b"] }],
    // Celery takes the signal for an id here.
    ["terminate KILL", { signal: "KILL", task_id: [] }],
    ["time_limit t 1.5 3", { task_name: "t", soft: 1.5, hard: 3 }],
    ["pool_grow", {}],
    ["revoke_by_stamped_headers a=1 b=2", { headers: ["a=1", "b=2"] }],
    ["add_consumer q e direct", { queue: "q", exchange: "e", exchange_type: "direct" }],
  ])) {
    it(line, () => assert.deepEqual(compiled(line), args));
  }
});

describe("an unusable word is refused with what is expected", () => {
  for (const [line, message] of [
    ["pool_grow many", "pool_grow: n 'many': expected a whole number."],
    ["time_limit t soon", "time_limit: soft 'soon': expected a number of seconds."],
    ["conf maybe", "conf: with_defaults 'maybe': expected one of true, yes, on, 1, false, no, off, 0."],
    ["rate_limit a b c", "Command 'rate_limit' takes arguments: <task_name> <rate_limit (e.g., 5/s | 5/m | 5/h)>"],
    ["ping pong", "Command 'ping' takes no arguments"],
  ]) {
    it(line, () => assert.throws(() => compiled(line), { name: "UsageError", message, exitCode: 2 }));
  }
  it("a command of another type, or of none", () => {
    assert.throws(() => findCommand("inspect", "revoke", ALL), /not recognized; use celery-js control revoke\./);
    assert.throws(
      () => findCommand("inspect", "pong", ALL),
      /^UsageError: Command pong not recognized; did you mean 'ping'\? Available inspect commands: active, /,
    );
    assert.throws(() => findCommand("control", "hello", ALL), /Command hello not recognized/);
  });
  it("options", () => {
    assert.throws(() => remoteOptions({ timeout: "soon" }), /'-t' \/ '--timeout': 'soon' is not a number of seconds/);
    assert.throws(() => remoteOptions({ destination: "" }), /expected names such as celery@host/);
    assert.deepEqual(remoteOptions({ timeout: "0.5", destination: "a@h, b@h" }), {
      timeout: 0.5,
      destination: ["a@h", "b@h"],
    });
  });
});

describe("what an app adds with controlCommand()", () => {
  const app = new Celery("own");
  const run = () => null;
  it("is a command of its type, with its arguments", () => {
    app.controlCommand("set_level", run, {
      args: ["level", ["times", Number]],
      signature: "<level> [times]",
      help: "Set it.",
    });
    const command = findCommand("control", "set_level", catalogue(app.controlCommands));
    assert.deepEqual(compileArguments("set_level", command, ["debug", "2"]), { level: "debug", times: 2 });
    assert.throws(() => compileArguments("set_level", command, ["debug", "x"]), /times 'x': expected a number/);
  });
  it("is checked", () => {
    assert.throws(
      () => app.controlCommand("a", run, /** @type {any} */ ({ arguments: [] })),
      /controlCommand\(\): unknown option 'arguments'/,
    );
    assert.throws(
      () => app.controlCommand("a", run, /** @type {any} */ ({ type: "other" })),
      /'type' takes 'control' or 'inspect'/,
    );
    assert.throws(
      () => app.controlCommand("a", run, { args: /** @type {any} */ ([["n", 1]]) }),
      /'args' takes names, or pairs/,
    );
  });
});

describe("answers", () => {
  const plain = new Terminal(/** @type {any} */ ({ stdout: {}, env: {} }));
  for (const [answer, text] of /** @type {Array<[unknown, string]>} */ ([
    [{ ok: "pong" }, "->  a@h: OK\n        pong"],
    [{ error: "no" }, "->  a@h: ERROR\n        no"],
    [[], "->  a@h: OK\n    - empty -"],
    [["x", { id: null, yes: true }], "->  a@h: OK\n    * x\n    * {'id': None, 'yes': True}"],
    [
      { b: 1, a: { d: "é", c: [] } },
      '->  a@h: OK\n    {\n        "a": {\n            "c": [],\n            "d": "\\u00e9"\n        },\n        "b": 1\n    }',
    ],
    [null, "->  a@h: OK\n    None"],
    ["two\nlines", "->  a@h: OK\n    two\n    lines"],
  ])) {
    it(JSON.stringify(answer), () => assert.equal(replyText({ "a@h": answer }, plain, {}), text));
  }
  it("in the colours of Celery, on a terminal", () => {
    const colored = new Terminal(/** @type {any} */ ({ stdout: { isTTY: true }, env: {} }));
    assert.equal(
      replyText({ "a@h": ["x"] }, colored, {}),
      "\x1b[37m\x1b[1m->\x1b[0m  \x1b[36m\x1b[1ma@h: \x1b[0m\x1b[32m\x1b[1mOK\x1b[0m\n    \x1b[37m*\x1b[0m x",
    );
    const failure = replyText({ "a@h": { error: "" } }, colored, { isBrief: true });
    assert.ok(failure.endsWith("\x1b[31m\x1b[1mERROR\x1b[0m"), failure);
  });
});

it("the command table repeats the first line of each help", async () => {
  for (const [name, entry] of Object.entries(COMMANDS.commands ?? {})) {
    assert.ok("load" in entry, name);
    assert.equal((await entry.load()).summary.split("\n\n")[0], entry.summary, name);
  }
});

describe("on a cluster", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {string} */
  let folder;
  before(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), "celery-js-cli-"));
    writeFileSync(
      join(folder, "app.mjs"),
      `import { Celery } from "${INDEX}"; export const app = new Celery("a", { brokerUrl: "${server.url}" });
       app.controlCommand("add_up", () => {}, { args: [["x", Number]], type: "inspect", signature: "<x>", help: "Adds up." });`,
    );
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /**
   * @param {string[]} words
   * @returns {Promise<{ code: unknown, out: string, error: string }>}
   */
  const call = (...words) =>
    new Promise((resolve) => {
      const env = { ...process.env, NO_COLOR: "" };
      execFile(process.execPath, [MAIN, ...words], { cwd: folder, env }, (error, out, stderr) =>
        resolve({ code: error?.code ?? 0, out, error: stderr }),
      );
    });

  it("an app's own command is called by its name with -A", async () => {
    const app = new Celery("own", { brokerUrl: server.url });
    app.controlCommand("add_up", (_, { x }) => {
      if (x === 0) throw new RangeError("nothing");
      return { ok: x + 1 };
    });
    const worker = app.worker({ hostname: "own@here", log: pino({ level: "silent" }) });
    await worker.start();
    try {
      const ask = ["-A", "app.mjs", "inspect", "-d", "own@here", "-t", "5", "add_up"];
      const [answer, failure, list] = await Promise.all([
        call(...ask, "41"),
        call(...ask, "0"),
        call("-A", "app.mjs", "inspect", "--list"),
      ]);
      assert.deepEqual(answer, { code: 0, out: "->  own@here: OK\n        42\n\n1 node online.\n", error: "" });
      assert.match(failure.out, /^-> {2}own@here: ERROR\n {8}RangeError\('nothing'\)\n/);
      assert.match(list.out, /\n {2}add_up <x> +Adds up\.\n/);
    } finally {
      await worker.stop();
      await app.close();
    }
  });

  it("no answer: exit code 69", async () => {
    const line = "Error: No nodes replied within time constraint\n";
    const broker = ["-b", server.url];
    for (const done of await Promise.all([
      call(...broker, "inspect", "ping", "-t", "0.1"),
      call(...broker, "status", "-t", "0.1", "--json"),
    ])) {
      assert.deepEqual(done, { code: 69, out: "", error: line });
    }
  });
});
