/** A client process of Python, spoken to like one of Node: by lines in place of messages. */
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startProgram } from "./processes.js";
import { pythonBinary } from "./server.js";

const FOLDER = fileURLToPath(new URL("../clients", import.meta.url));

/**
 * @param {string} file in clients/
 * @param {string[]} args
 * @param {string} delivery `early` or `reliable`, as the file knows it
 * @returns {import("./processes.js").ChildProcess} which emits `message`, and takes `send`
 */
export function startPythonClient(file, args, delivery) {
  const child = startProgram(pythonBinary(), ["-W", "ignore", file, ...args], {
    cwd: FOLDER,
    env: { ...process.env, BENCH_DELIVERY: delivery },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: /** @type {import("node:stream").Readable} */ (child.stdout) });
  lines.on("line", (line) => void child.emit("message", JSON.parse(line)));
  child.send = () => /** @type {import("node:stream").Writable} */ (child.stdin).write("start\n");
  return child;
}
