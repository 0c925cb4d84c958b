/**
 * Generates celery-js's type declarations, `node/celery-js/types`, and its API reference, `node/celery-js/reference`, from its
 * JSDoc. With `--check` it writes nothing, and fails when they are out of date.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Comment } from "typedoc";
import { SETTINGS } from "../../node/celery-js/src/settings.js";
import { emitDeclarations, pages, publicDeclarations, writePages } from "./declarations.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NODE = join(ROOT, "node");
const PACKAGE = join(NODE, "celery-js");
const REFERENCE = join(PACKAGE, "reference");
const TYPES = join(PACKAGE, "types");

/** Types that users meet in the public API without importing them, by their files below `src`. */
const REACHED = {
  "app/broadcast.js": ["BroadcastOptions", "Reply"],
  "app/control.js": ["Binding", "Control", "RevokeRequest"],
  "app/events.js": ["Events"],
  "app/inspect.js": ["Inspect", "InspectOptions"],
  "app/registry.js": ["TaskRegistry"],
  "app/result.js": ["ResultTuple"],
  "publishing/routes.js": ["Route", "RouteFunction", "RouterObject"],
  "canvas/chain.js": ["Chain"],
  "canvas/chord.js": ["Chord"],
  "canvas/group.js": ["Group"],
  "canvas/maps.js": ["Chunks"],
  "canvas/stamping.js": ["StampingVisitor", "StampOptions"],
  "execution/bound-task.js": ["OwnBoundTask", "RetryFunction"],
  "protocol/clock.js": ["LamportClock"],
  "protocol/events.js": ["CeleryEvent"],
  "settings.js": ["TransportOptions"],
  "tasks/retry-options.js": ["OwnRetryOptions"],
  "worker/control/state.js": ["ControlState"],
  "worker/lifecycle/options.js": ["OwnWorkerOptions"],
  "worker/pools/options.js": ["PoolOptions"],
};

/** Types that are derived from tables, whose rows say what each member is for. */
const DERIVED = ["SendOptions", "GivenSettings", "TaskOptions"];

/** Inside node/, so that the declarations find the packages that they import. */
const folder = mkdtempSync(join(NODE, ".api-reference-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

emitDeclarations(join(NODE, "node_modules/.bin/tsc"), PACKAGE, join(folder, "types"));
const declarations = publicDeclarations(PACKAGE, pages(join(folder, "types")));
documented(join(folder, "types"));
if (process.argv.includes("--check")) {
  await generate(join(folder, "reference"));
  const stale = [...differences(TYPES, declarations), ...differences(REFERENCE, pages(join(folder, "reference")))];
  if (stale.length > 0) {
    process.stderr.write(`not what the JSDoc says: make api-reference\n  ${stale.join("\n  ")}\n`);
    process.exit(1);
  }
} else {
  writePages(TYPES, declarations);
  await generate(REFERENCE);
}

/** @param {string} types the folder of the declarations; a list of the documented ones is written into it */
function documented(types) {
  nameErrors(types);
  expandDerived(types);
  const named = readFileSync(join(PACKAGE, "src/index.js"), "utf8").matchAll(
    /@typedef \{import\("\.\/([^"]+)"\)\.(\w+)\} (\w+)/g,
  );
  const reached = Object.entries(REACHED).flatMap(([file, names]) => names.map((name) => [file, name]));
  const exports = [...[...named].map(([, file, name, alias]) => [file, name, alias]), ...reached];
  const lines = exports.map(([file, name, alias = name]) => `export type { ${name} as ${alias} } from "./${file}";\n`);
  writeFileSync(join(types, "celery-js.d.ts"), `export * from "./index.js";\n${lines.join("")}`);
  const compilerOptions = { module: "nodenext", target: "es2023", types: ["node"], strict: true, skipLibCheck: true };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["types"] }));
}

/** TypeDoc leaves out the class in `@throws {Class} when`. @param {string} types */
function nameErrors(types) {
  for (const [path, text] of pages(types)) {
    writeFileSync(join(types, path), text.replaceAll(/@throws \{(?:import\([^)]*\)\.)?(\w+)\}/g, "@throws `$1`"));
  }
}

/** Asks TypeDoc to list the members of derived types, which it does not do by itself. @param {string} types */
function expandDerived(types) {
  const derived = new RegExp(`^export type (${DERIVED.join("|")}) = `, "gm");
  for (const [path, text] of pages(types)) {
    writeFileSync(join(types, path), text.replaceAll(derived, "/** @interface */\n$&"));
  }
}

/**
 * Describes each setting with the help text and the default from the table of settings.
 * @param {import("typedoc").ProjectReflection} project
 */
function describeSettings(project) {
  for (const [name, { help, default: value }] of Object.entries(SETTINGS)) {
    const text = `${help.replaceAll("<", "\\<")} Default: \`${JSON.stringify(value)}\``;
    const setting = project.getChildByName(["Settings", name]);
    if (setting === undefined) throw new Error(`${name} is in the table of settings, and not in the type Settings`);
    setting.comment = new Comment([{ kind: "text", text }]);
  }
}

/** @param {string} out */
async function generate(out) {
  const options = {
    out,
    entryPoints: [join(folder, "types/celery-js.d.ts")],
    tsconfig: join(folder, "tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    logLevel: "Error",
    name: "celery-js",
    readme: "none",
    // A line that moves is not a change of the reference.
    disableSources: true,
    disableGit: true,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    gitRevision: "main",
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    typeDeclarationFormat: "table",
    classPropertiesFormat: "table",
  };
  const app = await Application.bootstrapWithPlugins(/** @type {any} */ (options));
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc could not read the declarations; what it says stands above");
  describeSettings(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) process.exit(1);
}

/**
 * @param {string} root a folder of the package
 * @param {Map<string, string>} should what it should have, by path
 * @returns {string[]} the files that differ
 */
function differences(root, should) {
  const is = pages(root);
  const stale = [...new Set([...is.keys(), ...should.keys()])].filter((page) => is.get(page) !== should.get(page));
  return stale.map((page) => relative(ROOT, join(root, page)));
}
