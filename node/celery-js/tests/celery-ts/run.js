/** Runs `program.js`, bare or with the adapter. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("program.js", import.meta.url));
/** What still runs then has something that it waits for, or keeps. */
const ENDS_WITHIN_MS = 20_000;

/**
 * @param {"bare" | "adapter"} kind
 * @param {string} url of the server
 * @param {string} scenario
 * @param {Record<string, string>} [environment]
 * @returns {Promise<{ code: number | null, outcome: any, err: string }>} once it has ended; `code` is null if it had to be killed
 */
export async function run(kind, url, scenario, environment = {}) {
  const child = spawn(process.execPath, [PROGRAM, kind, url, scenario], {
    env: { ...process.env, ...environment },
    timeout: ENDS_WITHIN_MS,
    killSignal: "SIGKILL",
  });
  const output = { out: "", err: "" };
  child.stdout.on("data", (data) => (output.out += data));
  child.stderr.on("data", (data) => (output.err += data));
  const [code] = await once(child, "close");
  return { code, outcome: output.out === "" ? null : JSON.parse(output.out), err: output.err };
}
