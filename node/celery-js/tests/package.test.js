import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { fileURLToPath } from "node:url";
import * as errors from "../src/errors.js";
import * as index from "../src/index.js";
import { VERSION } from "../src/version.js";

const at = (/** @type {string} */ path) => new URL(`../${path}`, import.meta.url);
const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));

it("the version that banners show is the package's", () => {
  assert.equal(VERSION, manifest.version);
});

it("every error of the tree is public", () => {
  const unexported = Object.entries(errors).filter(([name, error]) => Reflect.get(index, name) !== error);

  assert.deepEqual(unexported, []);
  assert.ok("ChordError" in errors && "Terminated" in errors);
});

it("every script says what it guarantees, and what its keys and arguments are", () => {
  for (const folder of [at("src/transport/redis/lua/"), at("src/backend/redis/lua/")]) {
    for (const file of readdirSync(folder)) {
      const header = readFileSync(new URL(file, folder), "utf8").split("\n\n")[0];
      assert.match(header, new RegExp(`^-- ${file.replace(".lua", "")}: `), file);
      for (const part of [/^-- (Guarantee): /m, /^-- KEYS\[1\] /m, /^-- ARGV\[/m]) assert.match(header, part, file);
    }
  }
});

it("a layer imports only from those below it", () => {
  const layers = ["protocol", "tasks", "transport", "backend", "canvas", "worker", "app", "celery-ts", "cli"];
  let seen = 0;
  for (const [height, layer] of layers.entries()) {
    for (const entry of readdirSync(at(`src/${layer}`), { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith(".js")) continue;
      const file = `${entry.parentPath ?? entry.path}/${entry.name}`;
      const imports = readFileSync(file, "utf8").matchAll(/\bfrom "(\.[^"]+)";$/gm);
      for (const [, path] of imports) {
        const target = new URL(path, `file://${file}`).pathname.split("/src/")[1].split("/")[0];
        seen += 1;
        if (layers.includes(target)) assert.ok(layers.indexOf(target) <= height, `${file} imports ${path}`);
      }
    }
  }
  assert.ok(seen > 100, `${seen} imports seen`);
});

const folder = mkdtempSync(join(tmpdir(), "celery-js-pack-"));
const modules = fileURLToPath(at("../node_modules/"));
after(() => rmSync(folder, { recursive: true }));

it("what is packed is typed, complete, and linked to nothing outside of it", () => {
  installPacked();

  const packed = join(folder, "node_modules/celery-js");
  const links = readFileSync(join(packed, "README.md"), "utf8").matchAll(/\]\((?!https:|#)([^)#]+)/g);
  const paths = [...links].map(([, path]) => path);
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(packed, path))),
    [],
  );
  const loaded = ["--input-type=module", "--eval", 'await import("celery-js")'];
  assert.equal(spawnSync(process.execPath, loaded, { cwd: folder, encoding: "utf8" }).stderr, "");
  // Strict, and with the package's own declarations checked: as in the strictest of users' projects.
  const typescript = [
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--types",
    "node",
    "user.ts",
  ];
  const { stdout } = spawnSync(join(modules, ".bin/tsc"), typescript, { cwd: folder, encoding: "utf8" });
  assert.match(stdout, /^user\.ts\(5,11\): error TS2345: Argument of type 'string' is not assignable[^\n]*\n$/);
});

it("publint and attw have nothing to say about what is packed", () => {
  const archive = join(folder, `celery-js-${manifest.version}.tgz`);
  // The package is ES modules alone, as its README says: .attw.json.
  for (const command of [
    ["publint", "run", archive, "--strict"],
    ["attw", archive],
  ]) {
    const [tool, ...args] = command;
    const done = spawnSync(join(modules, ".bin", tool), args, { cwd: fileURLToPath(at("")), encoding: "utf8" });
    assert.equal(done.status, 0, done.stdout + done.stderr);
  }
});

/** Packs this package and installs it in the folder, beside the packages that it depends on. */
function installPacked() {
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(modules)) {
    if (name !== "celery-js" && !name.startsWith("."))
      symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
  const pack = ["pack", "--silent", "--pack-destination", folder];
  const archive = execFileSync("npm", pack, { cwd: fileURLToPath(at("")), encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", archive], { cwd: folder });
  renameSync(join(folder, "package"), join(folder, "node_modules/celery-js"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "user.ts"),
    `import { Celery, type SendOptions, task, type TaskOptions } from "celery-js";
const options: TaskOptions & { bind: true } = { bind: true };
const sending: SendOptions = { countdown: 1 };
const add = new Celery("app").task(task(options, (self, x: number, y = 1) => x + y + Number(self.request.retries)));
add.delay("1", 2).then((result) => result.get());
add.applyAsync([1], sending);
`,
  );
}
