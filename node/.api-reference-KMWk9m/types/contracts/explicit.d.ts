export type Schema = import("./schema.js").Schema;
/** @typedef {import("./schema.js").Schema} Schema */
/**
 * @param {import("../tasks/schema.js").StandardSchema} standard
 * @param {"input" | "output"} side
 * @param {string} label a name for what refers to itself
 * @returns {{ schema: Schema, definitions: Record<string, Schema> }}
 * @throws `UndescribedError` when the library, or this schema, has no JSON Schema
 */
export declare function explicitSchema(standard: import("../tasks/schema.js").StandardSchema, side: "input" | "output", label: string): {
    schema: Schema;
    definitions: Record<string, Schema>;
};
