/** The environment of the Python peers, separate from the workers' own: a peer must not decide which packages those get. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pythonBinary } from "./server.js";

const pathOf = (/** @type {string} */ file) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const VENV = pathOf(".venv");
const REQUIREMENTS = pathOf("requirements.txt");
/** A copy of what was installed. */
const INSTALLED = `${VENV}/installed.txt`;

/** @returns {string} the environment's Python; it is made first, if it is missing or has other packages */
export function peersPython() {
  const python = `${VENV}/bin/python`;
  const wanted = readFileSync(REQUIREMENTS, "utf8");
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === wanted) return python;
  rmSync(VENV, { recursive: true, force: true });
  execFileSync(pythonBinary(), ["-m", "venv", VENV]);
  execFileSync(python, ["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(INSTALLED, wanted);
  return python;
}

/** @returns {Record<string, string>} the version of the peer that it is for */
export function peerVersions() {
  const [, dramatiq = "?"] = /^dramatiq==(.*)$/m.exec(readFileSync(REQUIREMENTS, "utf8")) ?? [];
  return { dramatiq };
}
