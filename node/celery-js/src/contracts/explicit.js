/** The JSON Schema of a task's explicit `schema`, by the interface that schema libraries share (Standard JSON Schema). */
import { UndescribedError } from "./schema.js";

/** @typedef {import("./schema.js").Schema} Schema */

/**
 * @param {import("../tasks/schema.js").StandardSchema} standard
 * @param {"input" | "output"} side
 * @param {string} label a name for what refers to itself
 * @returns {{ schema: Schema, definitions: Record<string, Schema> }}
 * @throws {UndescribedError} when the library, or this schema, has no JSON Schema
 */
export function explicitSchema(standard, side, label) {
  const { jsonSchema, vendor } = /** @type {any} */ (standard["~standard"]);
  if (typeof jsonSchema?.[side] !== "function") {
    throw new UndescribedError(
      `this version of ${vendor} does not offer Standard JSON Schema: use a newer one, or another library`,
    );
  }
  const {
    $schema: _,
    $defs = {},
    ...schema
  } = withoutSafeBounds(written(() => jsonSchema[side]({ target: "draft-2020-12" })));
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
 * @param {any} value
 * @returns {any} without the bounds that zod gives to every integer, which say nothing about the task
 */
function withoutSafeBounds(value) {
  if (Array.isArray(value)) return value.map(withoutSafeBounds);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, each]) => !(["minimum", "maximum"].includes(key) && Math.abs(each) === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutSafeBounds(each)]));
}

/** @param {() => any} write */
function written(write) {
  try {
    return write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UndescribedError(`${reason.split("\n")[0].replace(/\.$/, "")}: use a type of JSON`);
  }
}

/**
 * @param {any} value
 * @param {ReadonlyMap<string, string>} names reference -> name of the definition
 * @returns {any}
 */
function renameReferences(value, names) {
  if (Array.isArray(value)) return value.map((each) => renameReferences(each, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const name = key === "$ref" ? names.get(each) : undefined;
      return [key, name === undefined ? renameReferences(each, names) : `#/$defs/${name}`];
    }),
  );
}
