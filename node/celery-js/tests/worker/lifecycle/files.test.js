/** The files of a worker: its pid, and its log. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { LogFile } from "../../../src/worker/lifecycle/log-file.js";
import { Pidfile } from "../../../src/worker/lifecycle/pidfile.js";
import { nodeFormat } from "../../../src/worker/model/nodename.js";
import { createLogger } from "../../../src/worker/observers/log.js";

/** @type {string} */
let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "celery-js-files-"));
});
after(() => rmSync(folder, { recursive: true }));

describe("a pid file", () => {
  /** @type {string[]} */
  let warnings;
  /** @type {string} */
  let path;
  /** @type {Pidfile} */
  let pidfile;
  beforeEach(() => {
    warnings = [];
    path = join(folder, "worker.pid");
    rmSync(path, { force: true });
    pidfile = new Pidfile(path, /** @type {any} */ ({ warn: (/** @type {string} */ text) => warnings.push(text) }));
  });

  it("holds the process id while the worker runs", () => {
    pidfile.acquire();
    assert.equal(readFileSync(path, "utf8"), `${process.pid}\n`);
    assert.equal(statSync(path).mode & 0o777, 0o644 & ~process.umask());
    pidfile.release();
    assert.equal(existsSync(path), false);
    assert.equal(process.listeners("exit").length, 0);
  });

  it("of a living process refuses, in Celery's words, and stays", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    writeFileSync(path, `${other.pid}\n`);
    const message = `Pidfile (${path}) already exists. Seems we're already running? (pid: ${other.pid})`;
    assert.throws(() => pidfile.acquire(), { name: "PidfileLocked", message });
    pidfile.release();
    assert.equal(readFileSync(path, "utf8"), `${other.pid}\n`);

    other.kill("SIGKILL");
    await once(other, "exit");
    pidfile.acquire();
    assert.equal(readFileSync(path, "utf8"), `${process.pid}\n`);
    assert.deepEqual(warnings, ["Stale pidfile exists - Removing it."]);
    pidfile.release();
  });

  for (const text of ["", "12", "no number\n"]) {
    it(`containing ${JSON.stringify(text)} is broken and replaced`, () => {
      writeFileSync(path, text);
      pidfile.acquire();
      assert.deepEqual(warnings, ["Broken pidfile found - Removing it."]);
      pidfile.release();
    });
  }

  it("with this process's own id is stale, as in a container", () => {
    writeFileSync(path, `${process.pid}\n`);
    pidfile.acquire();
    assert.deepEqual(warnings, []);
    pidfile.release();
  });

  it("that cannot be written stops the worker with the reason", () => {
    const nowhere = new Pidfile(join(folder, "missing", "worker.pid"), /** @type {any} */ ({}));
    assert.throws(() => nowhere.acquire(), {
      name: "ImproperlyConfigured",
      message: /^cannot write the pid file: ENOENT/,
    });
  });
});

describe("a log file", () => {
  /** @param {string} file */
  const lines = (file) =>
    readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).message);

  it("is appended to, and recreated after logrotate moved it", () => {
    const path = join(folder, "worker.log");
    writeFileSync(path, '{"message":"of yesterday"}\n');
    const log = createLogger({ level: "info", format: "auto", worker: "w@here", stream: new LogFile(path) });
    log.info("first");
    renameSync(path, `${path}.1`);
    log.info("second");
    rmSync(path);
    log.info("third");
    assert.deepEqual(lines(`${path}.1`), ["of yesterday", "first"]);
    assert.deepEqual(lines(path), ["third"]);
  });

  it("has no colours, whatever the terminal", () => {
    const path = join(folder, "plain.log");
    createLogger({ level: "info", format: "pretty", worker: "w@here", stream: new LogFile(path) }).warn("something");
    assert.match(readFileSync(path, "utf8"), /WARNING: something/);
    assert.ok(!readFileSync(path, "utf8").includes("\x1b["));
  });

  it("that cannot be opened stops the worker with the reason", () => {
    assert.throws(() => new LogFile(join(folder, "missing", "x.log")), {
      name: "ImproperlyConfigured",
      message: /^logfile: ENOENT/,
    });
  });
});

it("a file name takes Celery's %h, %n, %d, %p, %i and %I", () => {
  const format = "/var/log/%n.%h.%d.%p%I.%i.log%%";
  assert.equal(
    nodeFormat(format, "w1@web.example.com"),
    "/var/log/w1.web.example.com.example.com.w1@web.example.com.0.log%",
  );
});
