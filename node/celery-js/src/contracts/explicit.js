/** The JSON Schema of a task's explicit `schema`, by the interface that schema libraries share (Standard JSON Schema). */
import { UndescribedError } from "./schema.js";

/**
 * @typedef {import("./schema.js").Schema} Schema
 * @typedef {Schema & { $schema?: string, $defs?: Record<string, Schema> }} Document
 * @typedef {(options: { target: string }) => Document} Write
 * @typedef {{ vendor: string, jsonSchema?: Partial<Record<"input" | "output", Write>> }} Described what Standard JSON Schema adds
 */

/** Libraries whose schemas have a JSON Schema only when they are wrapped. @type {Readonly<Record<string, string>>} */
const WRAPPED = { valibot: "wrap it in toStandardJsonSchema() of @valibot/to-json-schema" };
const TARGET = { target: "draft-2020-12" };

/**
 * @param {import("../tasks/schema.js").StandardSchema} standard
 * @param {"input" | "output"} side
 * @param {string} label a name for what refers to itself
 * @returns {{ schema: Schema, definitions: Record<string, Schema> }}
 * @throws {UndescribedError} when the library, or this schema, has no JSON Schema
 */
export function explicitSchema(standard, side, label) {
  const { jsonSchema, vendor } = /** @type {Described} */ (standard["~standard"]);
  const write = jsonSchema?.[side];
  if (typeof write !== "function") {
    throw new UndescribedError(
      `this schema of ${vendor} has no Standard JSON Schema: ${WRAPPED[vendor] ?? "use a newer version, or another library"}`,
    );
  }
  const document = written(() => write.call(jsonSchema, TARGET));
  const { $schema: _, $defs = {}, ...schema } = withoutIntersections(withoutSafeBounds(document));
  const names = new Map(Object.keys($defs).map((name) => [`#/$defs/${name}`, `${label}${name.replaceAll("_", "")}`]));
  const isRecursive = JSON.stringify({ schema, $defs }).includes('"$ref":"#"');
  names.set("#", label);
  const renamed = renameReferences({ schema, $defs }, names);
  const definitions = Object.fromEntries(
    Object.entries(renamed.$defs).map(([name, each]) => [names.get(`#/$defs/${name}`) ?? name, each]),
  );
  if (!isRecursive) return { schema: renamed.schema, definitions };
  return { schema: { $ref: `#/$defs/${label}` }, definitions: { ...definitions, [label]: renamed.schema } };
}

/**
 * @template T
 * @param {T} value
 * @returns {T} without the bounds that zod adds to every integer
 */
function withoutSafeBounds(value) {
  return mapped(value, ([key, each]) => {
    const isSafeBound = ["minimum", "maximum"].includes(key) && Math.abs(Number(each)) === Number.MAX_SAFE_INTEGER;
    return isSafeBound ? [] : [[key, withoutSafeBounds(each)]];
  });
}

/**
 * @template T
 * @param {T} value
 * @returns {T} with one object in the place of an intersection of objects
 */
function withoutIntersections(value) {
  if (Array.isArray(value)) return /** @type {T} */ (value.map(withoutIntersections));
  if (typeof value !== "object" || value === null) return value;
  const copy = mapped(value, ([key, each]) => [[key, withoutIntersections(each)]]);
  const { allOf, ...rest } = /** @type {Schema & { allOf?: unknown }} */ (copy);
  if (!Array.isArray(allOf) || !allOf.every(({ properties }) => typeof properties === "object")) return copy;
  const required = [...new Set(allOf.flatMap((each) => each.required ?? []))];
  const properties = Object.assign({}, ...allOf.map((each) => each.properties));
  return /** @type {T} */ ({ ...rest, type: "object", properties, ...(required.length > 0 ? { required } : {}) });
}

/** @param {() => Document} write */
function written(write) {
  try {
    return write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UndescribedError(`${reason.split("\n")[0].replace(/\.$/, "")}: use a type of JSON`);
  }
}

/**
 * @template T
 * @param {T} value
 * @param {ReadonlyMap<unknown, string>} names reference -> name of the definition
 * @returns {T}
 */
function renameReferences(value, names) {
  return mapped(value, ([key, each]) => {
    const name = key === "$ref" ? names.get(each) : undefined;
    return [[key, name === undefined ? renameReferences(each, names) : `#/$defs/${name}`]];
  });
}

/**
 * @template T
 * @param {T} value of JSON
 * @param {(entry: [string, unknown]) => Array<[string, unknown]>} change gives the entries that replace one of an object
 * @returns {T} a copy, with the objects in its lists changed too
 */
function mapped(value, change) {
  if (typeof value !== "object" || value === null) return value;
  const copy = Array.isArray(value)
    ? value.map((each) => mapped(each, change))
    : Object.fromEntries(Object.entries(value).flatMap(change));
  return /** @type {T} */ (copy);
}
