/** Files that two programs write at once. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { claim, save } from "./_files.js";

test("a file that is removed while it is claimed is claimed again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "files-"));
  process.env.JOBS_FILES_DIR = folder;
  // No other file can get its name, and no one can read it.
  await symlink("nothing", join(folder, "mail-1"));
  const claiming = claim("mail-1", "sending");
  while ((await readdir(folder)).length < 2);

  await rm(join(folder, "mail-1"));

  assert.equal(await claiming, null);
  assert.equal(await readFile(join(folder, "mail-1"), "utf8"), "sending");
  assert.deepEqual(await readdir(folder), ["mail-1"]);
  await rm(folder, { recursive: true });
});

test("a file that cannot be written leaves nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "files-"));
  process.env.JOBS_FILES_DIR = folder;
  await mkdir(join(folder, "report"));

  await assert.rejects(save("mail", cutOff()), /the disk is full/);
  await assert.rejects(claim("mail", cutOff()), /the disk is full/);
  await assert.rejects(save("report", "whole"));

  assert.deepEqual(await readdir(folder), ["report"]);
  await rm(folder, { recursive: true });
});

/** @returns {any} content of which only the first half can be written */
async function* cutOff() {
  yield "half";
  throw new Error("the disk is full");
}
