/**
 * Runs `celery-js` once for each line of its input: Node takes longer to start than a command takes.
 *
 * A line is the words of a command line as JSON; the answer is its exit code and what it printed.
 */
import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import { COMMANDS } from "../../../node/celery-js/src/cli/commands.js";
import { run } from "../../../node/celery-js/src/cli/run.js";
import { Terminal } from "../../../node/celery-js/src/cli/terminal.js";

for await (const line of createInterface({ input: process.stdin })) {
  const streams = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), env: {} };
  const code = await run(COMMANDS, JSON.parse(line), new Terminal(/** @type {any} */ (streams)));
  const printed = [streams.stdout, streams.stderr].map((stream) => stream.read()?.toString() ?? "");
  process.stdout.write(`${JSON.stringify([code, ...printed])}\n`);
}
