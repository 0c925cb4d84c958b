/** Prints what the JavaScript tasks take and give as JSON; run by `scripts.contracts.reading` in the folder node/. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const project = pathToFileURL(`${process.cwd()}/`);
const packages = createRequire(new URL("package.json", project));

/** The only version whose interface `celery-js/contracts` knows. */
const TYPESCRIPT = /^7\.0\./;

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
  });
  process.stdout.write(JSON.stringify(found));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
