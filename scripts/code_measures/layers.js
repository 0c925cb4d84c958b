/**
 * The layers of celery-js: a file imports from its own layer and from those below. `make lint` fails on an import that runs
 * upwards, on files that import each other in a circle, and on a file that knows which broker or backend is used. Types, which
 * are imported in JSDoc, may come from any layer.
 */
import { dirname, join } from "node:path/posix";
import { readSources } from "./sources.js";

/** From the top down; a path belongs to the first entry that it begins with. */
const LAYERS = [
  ["index.js", "environment.js", "program.js", "celery-ts/", "contracts/", "cli/", "testing/"],
  ["app/thread/"],
  ["app/"],
  ["worker/"],
  ["execution/"],
  ["publishing/"],
  ["canvas/"],
  ["backend/"],
  ["transport/"],
  ["tasks/"],
  ["protocol/"],
  [""], // validation, errors, settings, signals, version
];

/** Folders behind an interface, and the one file that may import them. A backend may use its transport's connections. */
const BORDERS = [
  { inside: /^transport\/\w+\//, door: "transport/transport.js" },
  { inside: /^backend\/\w+\//, door: "backend/backend.js" },
];
/** Types are imported in comments. */
const TYPE_IMPORT = /\bimport\("(\.[^"]+)"\)/g;

/** @param {string} path below src/ @returns {number} 0 at the top */
const layerOf = (path) => LAYERS.findIndex((prefixes) => prefixes.some((prefix) => path.startsWith(prefix)));

/**
 * @param {import("./sources.js").Source[]} sources
 * @returns {string[]} `file -> file` for every import of a higher layer
 */
export function upwardImports(sources) {
  return sources.flatMap(({ path, imports }) =>
    imports.filter((target) => layerOf(target) < layerOf(path)).map((target) => `${path} -> ${target}`),
  );
}

/**
 * @param {import("./sources.js").Source[]} sources
 * @returns {string[]} `file -> file` for every import, of values or types, of what lies behind a border
 */
export function crossings(sources) {
  return sources.flatMap(({ path, text, imports }) => {
    if (BORDERS.some(({ inside }) => inside.test(path))) return [];
    const types = [...text.matchAll(TYPE_IMPORT)].map(([, target]) => join(dirname(path), target));
    const isCrossing = (/** @type {string} */ target) =>
      BORDERS.some(({ inside, door }) => inside.test(target) && path !== door);
    return [...new Set([...imports, ...types])].filter(isCrossing).map((target) => `${path} -> ${target}`);
  });
}

/**
 * @param {import("./sources.js").Source[]} sources
 * @returns {string[]} `file -> file -> file` for every circle of imports, each once
 */
export function circles(sources) {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const found = [];
  /** @param {string} path @param {string[]} trail */
  const visit = (path, trail) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of importsOf.keys()) visit(path, []);
  return found;
}

if (import.meta.filename === process.argv[1]) {
  const sources = readSources();
  const problems = [
    ...upwardImports(sources).map(
      (edge) =>
        `${edge}: imports from a higher layer. Move what both need into the lower layer, or let the upper file pass it as an argument.`,
    ),
    ...crossings(sources).map(
      (edge) =>
        `${edge}: imports one broker or backend. Use the interface, ${BORDERS.map(({ door }) => door).join(" or ")}.`,
    ),
    ...circles(sources).map(
      (circle) => `${circle}: a circle of imports. Move what they share into a file that imports none of them.`,
    ),
  ];
  for (const problem of problems) process.stdout.write(`node/celery-js/src/${problem}\n`);
  const order = LAYERS.map((prefixes) => prefixes.filter(Boolean).join(" ") || "the rest").join(" > ");
  if (problems.length > 0) process.stdout.write(`The layers, from the top down: ${order}\n`);
  process.stdout.write(`layers: ${sources.length} files, ${problems.length} problems\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
