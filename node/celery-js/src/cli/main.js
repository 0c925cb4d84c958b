#!/usr/bin/env node
/** The command `celery-js`. What it can do is in `commands.js`. */
import { COMMANDS } from "./commands.js";
import { run } from "./run.js";
import { Terminal } from "./terminal.js";

process.exitCode = await run(COMMANDS, process.argv.slice(2), new Terminal(process));
