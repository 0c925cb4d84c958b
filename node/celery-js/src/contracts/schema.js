/** JSON Schemas (2020-12) of values as they travel in Celery's JSON. */

/** @typedef {Record<string, unknown>} Schema */

/** A type without a JSON form. Its message says what to write instead. */
export class UndescribedError extends Error {}

/** Classes of values that kombu writes as typed envelopes, and their format names. */
export const FORMATS = Object.freeze({
  Date: "celery-datetime",
  DateTime: "celery-datetime",
  PlainDate: "celery-date",
  PlainTime: "celery-time",
  Decimal: "celery-decimal",
  UUID: "celery-uuid",
  Buffer: "celery-bytes",
  Uint8Array: "celery-bytes",
});

/**
 * @param {readonly Schema[]} schemas of the members of a union
 * @returns {Schema} one schema for all of them, the same for every order of the members
 */
export function unionOf(schemas) {
  const literals = schemas.flatMap((schema) => ("const" in schema ? [schema.const] : []));
  const others = schemas.filter((schema) => !("const" in schema));
  const texts = new Map(others.map((schema) => [JSON.stringify(schema), schema]));
  if (literals.includes(true) && literals.includes(false)) {
    texts.set('{"type":"boolean"}', { type: "boolean" });
    literals.splice(0, literals.length, ...literals.filter((value) => typeof value !== "boolean"));
  }
  if (literals.length > 0) texts.set("", literalsOf(literals));
  const members = [...texts].sort(([a], [b]) => orderOf(a, b)).map(([, schema]) => schema);
  return members.length === 1 ? members[0] : { anyOf: members };
}

/** @param {string} a @param {string} b @returns {number} puts null last, as Python does */
function orderOf(a, b) {
  const last = '{"type":"null"}';
  if (a === last || b === last) return a === last ? 1 : -1;
  return a < b ? -1 : 1;
}

/** @param {unknown[]} values @returns {Schema} */
function literalsOf(values) {
  const kinds = [...new Set(values.map((value) => typeof value))];
  const sorted = [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const schema = sorted.length === 1 ? { const: sorted[0] } : { enum: sorted };
  return kinds.length === 1 ? { ...schema, type: kinds[0] } : schema;
}

/**
 * @param {import("acorn").Expression} expression a parameter's default
 * @returns {{ value: unknown } | null} null if the value is known only when the code runs
 */
export function literalOf(expression) {
  if (expression.type === "Literal" && !("regex" in expression) && !("bigint" in expression)) {
    return { value: expression.value };
  }
  if (expression.type === "UnaryExpression" && expression.operator === "-") {
    const operand = literalOf(expression.argument);
    return typeof operand?.value === "number" ? { value: -operand.value } : null;
  }
  if (expression.type === "TemplateLiteral" && expression.expressions.length === 0) {
    return { value: expression.quasis[0].value.cooked };
  }
  if (expression.type === "ArrayExpression") {
    const items = expression.elements.map((each) =>
      each === null || each.type === "SpreadElement" ? null : literalOf(each),
    );
    return items.includes(null) ? null : { value: items.map((item) => item?.value) };
  }
  return expression.type === "ObjectExpression" ? objectOf(expression) : null;
}

/** @param {import("acorn").ObjectExpression} expression @returns {{ value: unknown } | null} */
function objectOf({ properties }) {
  /** @type {Record<string, unknown>} */
  const value = {};
  for (const property of properties) {
    if (property.type !== "Property" || property.computed || property.kind !== "init") return null;
    const key = property.key.type === "Identifier" ? property.key.name : literalOf(property.key)?.value;
    const item = literalOf(property.value);
    if (key === undefined || item === null) return null;
    value[String(key)] = item.value;
  }
  return { value };
}
