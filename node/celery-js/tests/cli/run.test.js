/** The command line: how commands are found, and the errors of wrong calls. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../src/version.js";

const MAIN = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const INDEX = new URL("../../src/index.js", import.meta.url).href;
/** Nothing listens there. */
const NOWHERE = "redis://127.0.0.1:1/0";

/**
 * @param {string[]} words
 * @param {string} [cwd]
 */
function call(words, cwd) {
  const { NO_COLOR: _, CELERY_BROKER_URL: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(MAIN, words, { cwd, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("an unknown command or option: one line and exit code 2", () => {
  for (const [words, line] of /** @type {Array<[string[], string]>} */ ([
    [["ded"], "No such command 'ded'; did you mean 'dead'?"],
    [["beat"], "No such command 'beat': `celery beat` sends JavaScript tasks by name."],
    [["list", "bindings"], "No such command 'list': `rabbitmqctl list_bindings` lists bindings."],
    [["--config", "celeryconfig", "status"], "--config: call `app.configFromObject()` in the module of the app."],
    [["dead", "lst"], "No such command 'lst'; did you mean 'list'?"],
    [["--colour"], "Unknown option '--colour'"],
    [["dead", "list", "--tusk", "a"], "Unknown option '--tusk'"],
    [["dead", "list", "--task"], "Option '--task <value>' argument missing"],
    [["dead", "list", "more"], "Unexpected argument 'more'"],
    [["dead", "show"], "show takes one ID."],
    [["dead", "list", "--limit", "many", "-b", NOWHERE], "--limit many: expected a whole number, 0 or more."],
  ])) {
    it(words.join(" "), () => {
      assert.deepEqual(call(words), { status: 2, stdout: "", stderr: `Error: ${line}\n` });
    });
  }
});

it("every level explains itself", () => {
  assert.match(call([]).stdout, /^Usage: celery-js \[OPTIONS\] COMMAND[\s\S]*\n {2}dead +Look at dead letters/);
  assert.match(call(["dead"]).stdout, /^Usage: celery-js dead \[OPTIONS\] COMMAND[\s\S]*\n {2}retry {2}Put/);
  assert.match(call(["dead", "show", "--help"]).stdout, /^Usage: celery-js dead show \[OPTIONS\] ID\n[\s\S]*--json/);
  assert.equal(call(["--version"]).stdout, `${VERSION}\n`);
});

describe("the app of --app", () => {
  /** @type {string} */
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "celery-js-cli-"));
    const files = {
      "made.mjs": `import { Celery } from "${INDEX}"; export const app = new Celery("a", { brokerUrl: "${NOWHERE}" });`,
      "settings.mjs": `export const celerySettings = () => ({ brokerUrl: "${NOWHERE}" });`,
      "wrong.mjs": 'export const celerySettings = () => ({ brokerUrl: "kafka://here" });',
      "refusing.mjs": 'export const celerySettings = () => { throw new Error("JOBS_X: unknown"); };',
      "two.mjs": `import { Celery } from "${INDEX}"; export const app = new Celery("a", { brokerUrl: "${NOWHERE}" });
        for (const name of ["shop.churn.predict", "shop.demand.predict"]) app.task(name, () => {});`,
      "several.mjs": `import { Celery } from "${INDEX}"; export const number = 5;
        export const app = new Celery("a", { brokerUrl: "${NOWHERE}" });
        export const second = new Celery("b", { brokerUrl: "redis://127.0.0.1:2/0" });
        export const settings = () => ({ brokerUrl: "redis://127.0.0.1:3/0" });`,
      "broken.mjs": 'throw new Error("no luck");',
      "other.mjs": "export const x = 1;",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("a shell lists a task whose short name is taken by its full name", () => {
    const { stdout } = call(["-A", "two.mjs", "shell"], folder);

    const tasks = stdout.split("\n").filter((line) => line.startsWith("  "));
    assert.deepEqual(tasks, ["  predict  shop.churn.predict", '  app.tasks.get("shop.demand.predict")']);
  });

  it("--workdir names the folder that it is in", () => {
    const inside = call(["--workdir", folder, "-A", "made.mjs", "dead", "list"]);
    const nowhere = call(["--workdir", join(folder, "none"), "-A", "made.mjs", "dead", "list"]);

    assert.match(inside.stderr, /cannot reach/);
    assert.deepEqual(nowhere, {
      status: 1,
      stdout: "",
      stderr: `Error: --workdir ${join(folder, "none")}: ENOENT.\n`,
    });
  });

  for (const [file, line] of /** @type {Array<[string, RegExp]>} */ ([
    ["made.mjs:app", /cannot reach redis:\/\/127\.0\.0\.1:1\/0 within 5 s/],
    ["several:second", /cannot reach redis:\/\/127\.0\.0\.1:2\/0 within 5 s/],
    ["several:settings", /cannot reach redis:\/\/127\.0\.0\.1:3\/0 within 5 s/],
    ["several.mjs:secnd", /several\.mjs: it exports no secnd; did you mean 'second'\?/],
    ["several.mjs:number", /several\.mjs: its number is neither an app nor a function that returns settings/],
    ["missing.mjs:app", /The file missing\.mjs was not found\./],
    ["made.mjs", /cannot reach redis:\/\/127\.0\.0\.1:1\/0 within 5 s/],
    ["settings", /cannot reach redis:\/\/127\.0\.0\.1:1\/0 within 5 s/],
    ["wrong.mjs", /brokerUrl='kafka:\/\/here': unknown scheme 'kafka'/],
    ["refusing.mjs", /Unable to load celery application\. refusing\.mjs: JOBS_X: unknown/],
    ["broken.mjs", /Unable to load celery application\. .*broken\.mjs: no luck/],
    ["other.mjs", /other\.mjs exports none of app, celery, default, celerySettings\./],
    ["missing.mjs", /The file missing\.mjs was not found\./],
  ])) {
    it(`${file} that names no server: one line and exit code 1`, () => {
      const { status, stderr } = call(["-A", file, "dead", "list"], folder);
      assert.equal(status, 1);
      assert.match(stderr, new RegExp(`^Error: [^\\n]*${line.source}[^\\n]*\\n$`));
    });
  }
});
