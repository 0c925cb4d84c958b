import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";
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

it("every Lua script documents its guarantee, KEYS and ARGV", () => {
  for (const folder of [at("src/transport/redis/lua/"), at("src/backend/redis/lua/")]) {
    for (const file of readdirSync(folder)) {
      const header = readFileSync(new URL(file, folder), "utf8").split("\n\n")[0];
      assert.match(header, new RegExp(`^-- ${file.replace(".lua", "")}: `), file);
      for (const part of [/^-- (Guarantee): /m, /^-- KEYS\[1\] /m, /^-- ARGV\[/m]) assert.match(header, part, file);
    }
  }
});

it("a layer imports only from those below it", () => {
  const layers = [
    "protocol",
    "tasks",
    "transport",
    "backend",
    "canvas",
    "publishing",
    "execution",
    "worker",
    "app",
    "testing",
    "celery-ts",
    "cli",
  ];
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
