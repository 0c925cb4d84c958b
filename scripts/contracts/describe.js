/** Prints what the JavaScript tasks take and give as JSON; run by `scripts.contracts.reading` in the folder node/. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const project = pathToFileURL(`${process.cwd()}/`);
const packages = createRequire(new URL("package.json", project));
const { describeTasks } = await import(pathToFileURL(packages.resolve("celery-js/contracts")).href);

try {
  const found = await describeTasks(new URL("js_workers/tasks/", project), {
    prefix: "js_workers.tasks",
    tsconfig: "tsconfig.json",
  });
  process.stdout.write(JSON.stringify(found));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
