#!/usr/bin/env node
/** The command `celery-js`; `commands.js` lists its commands. */
import { tooFewOpenFiles } from "./open-files.js";

try {
  // Imported here so that an import that fails for too few open files is reported below.
  const [{ COMMANDS }, { run }, { Terminal }] = await Promise.all([
    import("./commands.js"),
    import("./run.js"),
    import("./terminal.js"),
  ]);
  process.exitCode = await run(COMMANDS, process.argv.slice(2), new Terminal(process));
} catch (error) {
  const line = tooFewOpenFiles(error);
  if (line === null) throw error;
  process.stderr.write(`Error: ${line}\n`);
  process.exitCode = 1;
}
