/** Task folders for a test file, in a separate project that is the current folder meanwhile, so that messages are short. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";

/** For modules outside of this package, which `task()` is imported from by its URL. */
export const DEFINE = new URL("../../src/tasks/define.js", import.meta.url).href;

const home = process.cwd();
let folders = 0;

/** Makes the project before the tests of this file, and removes it after them. */
export function useProject() {
  let project = "";

  before(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "discover-")));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }');
    process.chdir(project);
  });

  after(() => {
    process.chdir(home);
    rmSync(project, { recursive: true });
  });
}

/**
 * Writes a new task folder, so that no two tests share a module.
 *
 * @param {Record<string, string>} files content by path
 * @returns {string} the folder, from the current one
 */
export function folder(files) {
  const name = `tasks${++folders}`;
  mkdirSync(name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(name, path)), { recursive: true });
    writeFileSync(join(name, path), content);
  }
  return name;
}
