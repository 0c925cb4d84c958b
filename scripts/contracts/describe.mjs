/**
 * Prints the parameters and results of the JavaScript tasks as JSON; run by `scripts.contracts.reading` in the folder node/.
 */
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const project = pathToFileURL(`${process.cwd()}/`);
const packages = createRequire(new URL("package.json", project));

/** The only version whose interface `celery-js/contracts` knows. */
const TYPESCRIPT = /^7\.0\./;

/** The task file that is being imported. @type {string | null} */
let importing = null;
process.on("exit", () => {
  if (importing === null) return;
  writeSync(
    process.stderr.fd,
    `${importing}:1: the file ended the process or waits for ever while it is imported, or exports "then", which import() calls\n`,
  );
  process.exitCode = 1;
});

const write = process.stdout.write.bind(process.stdout);
// Output of task files goes to stderr, so that it does not mix with the JSON.
process.stdout.write = process.stderr.write.bind(process.stderr);

try {
  const { version } = packages("typescript/package.json");
  if (!TYPESCRIPT.test(version)) {
    throw new Error(`node/package.json has typescript ${version}, but contracts need 7.0: pin "typescript": "7.0.2"`);
  }
  const { describeTasks } = await import(pathToFileURL(packages.resolve("celery-js/contracts")).href);
  const found = await describeTasks(new URL("js_workers/tasks/", project), {
    prefix: "js_workers.tasks",
    tsconfig: "tsconfig.json",
    onSkipped: (sentence) => process.stderr.write(`${sentence}\n`),
    onImport: (file) => {
      importing = file;
    },
  });
  importing = null;
  // Task files may have left timers and connections open.
  write(JSON.stringify(found), () => process.exit(0));
} catch (error) {
  importing = null;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
}
