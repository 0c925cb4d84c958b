/** What tasks take and give is read from their types, or from their explicit schema. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { describeTasks } from "../../src/contracts/index.js";

const FOLDER = new URL("fixtures/shop/", import.meta.url);
const tsconfig = fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));

/** @type {Record<string, import("../../src/contracts/index.js").Description>} */
let shop;
before(async () => {
  shop = await describeTasks(FOLDER, { prefix: "shop", tsconfig });
});

/** @param {string} name @returns {any} */
const task = (name) => shop[`shop.orders.${name}`].task;
/** @param {string} name @returns {Record<string, any>} */
const schemas = (name) =>
  Object.fromEntries(task(name).parameters.map((/** @type {any} */ each) => [each.name, each.schema]));

describe("parameters", () => {
  it("have Python's kinds", () => {
    const kinds = task("bound").parameters.map((/** @type {any} */ each) => [each.name, each.kind, each.required]);
    assert.deepEqual(kinds, [
      ["size", "positional_or_keyword", true],
      ["figures", "var_positional", false],
      ["urgent", "keyword_only", false],
      ["kind", "keyword_only", true],
      ["rest", "var_keyword", false],
    ]);
  });

  it("have the defaults that the source shows", () => {
    const defaults = task("defaults").parameters.map((/** @type {any} */ each) => each.default);
    assert.deepEqual(defaults, [1, [1, -2], { deep: "x" }, undefined, null]);
    assert.ok(task("defaults").parameters.every((/** @type {any} */ each) => !each.required));
  });

  it("without a name are given by position", () => {
    const parameters = task("untyped").parameters.map((/** @type {any} */ each) => `${each.name} ${each.kind}`);
    assert.deepEqual(parameters, [
      "a positional_only",
      "c positional_only",
      "arg3 positional_only",
      "d positional_or_keyword",
      "b keyword_only",
    ]);
  });
});

describe("types", () => {
  it("of Celery's typed values have their own formats", () => {
    assert.deepEqual(schemas("typed"), {
      at: { format: "celery-datetime" },
      day: { format: "celery-date" },
      hour: { format: "celery-time" },
      price: { format: "celery-decimal" },
      key: { format: "celery-uuid" },
      raw: { format: "celery-bytes" },
      big: { type: "integer" },
    });
  });

  it("with a name are definitions, also generic and recursive ones", () => {
    assert.deepEqual(task("place").result, { $ref: "#/$defs/PageLine" });
    const { Line, Colour, PageLine } = shop["shop.orders.place"].outputs;
    assert.deepEqual(Colour, { enum: ["blue", "red"], type: "string" });
    assert.deepEqual(Line.required, ["product", "tags"]);
    assert.deepEqual(/** @type {any} */ (PageLine.properties).items, {
      type: "array",
      items: { $ref: "#/$defs/Line" },
    });
    const { Tree } = shop["shop.orders.shapes"].inputs;
    assert.deepEqual(/** @type {any} */ (Tree.properties).children.items, { $ref: "#/$defs/Tree" });
  });

  it("of every shape are described", () => {
    assert.deepEqual(schemas("shapes"), {
      pair: { type: "array", prefixItems: [{ type: "string" }], items: { type: "number" }, minItems: 1 },
      map: { type: "object", additionalProperties: { $ref: "#/$defs/Tree" } },
      either: { anyOf: [{ type: "boolean" }, { type: "number" }, { type: "string" }, { type: "null" }] },
      both: { type: "object", properties: { a: { const: 1, type: "number" }, b: {} }, required: ["a"] },
      empty: { type: "object" },
    });
    assert.deepEqual(task("typed").result, {
      type: "array",
      prefixItems: [{ format: "celery-datetime" }, { type: "number" }],
      minItems: 1,
      maxItems: 2,
    });
  });

  it("come from an explicit schema where there is one", () => {
    assert.deepEqual(schemas("checked").customer, { type: "string", minLength: 1 });
    assert.deepEqual(task("checked").result.properties, { pages: { type: "integer" } });
    assert.deepEqual(task("checked").progress.required, ["done", "of"]);
  });

  it("may have the names of what every object has", () => {
    const { a, constructor: own, toString: other } = schemas("named");
    assert.deepEqual([a, own, other], [{ type: "string" }, { type: "number" }, { $ref: "#/$defs/valueOf" }]);
  });

  it("of a class are its fields", () => {
    const { Account } = shop["shop.orders.opened"].inputs;
    assert.deepEqual(Account.properties, { id: { type: "number" }, __typename: { type: "string" } });
  });

  it("of an intersection of objects are one object", () => {
    const properties = { a: { type: "integer" }, b: { type: "string" } };
    assert.deepEqual(schemas("intersected").options, { type: "object", properties, required: ["a"] });
  });
});

describe("a task", () => {
  it("has its sentence, options and deprecation", () => {
    assert.equal(task("place").doc, "Places an order.");
    assert.equal(task("bound").deprecated, "Use place.");
    const { max_retries, time_limit_s, soft_time_limit_s, queue } = task("bound");
    assert.deepEqual([max_retries, time_limit_s, soft_time_limit_s, queue], [null, 30, 20, "slow"]);
    assert.ok(!("max_retries" in task("place")));
  });

  it("gets a note for a parameter that only its type makes optional", () => {
    const { notes } = shop["shop.orders.optional"];
    assert.match(
      notes[0],
      /orders\.js:\d+: shop\.orders\.optional: parameter 'a': callers must give it, .*`a = undefined`/,
    );
    assert.match(notes[1], /parameter 'b': callers must give it/);
    assert.equal(notes.length, 2);
    assert.deepEqual(shop["shop.orders.place"].notes, []);
  });

  it("without types is any, with the line and what to write", () => {
    const { undescribed } = shop["shop.orders.untyped"];
    assert.match(
      undescribed[0],
      /orders\.js:\d+: shop\.orders\.untyped: the parameter 'a' is any: write `@param {string} a`/,
    );
    assert.match(undescribed[1], /the parameter 'c' is any: Map<string, number> has no JSON form/);
    assert.match(undescribed.join("\n"), /the parameter 'd' is any: write `@param {string} d`/);
    assert.match(undescribed.join("\n"), /the parameter 'b' is any: write `@param {{ b: string }} options`/);
    assert.match(shop["shop.orders.missing"].undescribed.join(), /'type' is any: its type is not known: does it exist/);
    assert.match(shop["shop.orders.checked"].undescribed.join(), /'when' is any: Date cannot be represented/);
    assert.deepEqual(shop["shop.orders.place"].undescribed, []);
  });

  it("whose types are any in part lists them, and keeps the rest of the types", () => {
    const { undescribed } = shop["shop.orders.partly"];
    const subjects = undescribed.map(
      (line) => /partly: the (.*) is any in part: write the types of all/.exec(line)?.[1],
    );
    assert.deepEqual(subjects, ["parameter 'a'", "parameter 'b'", "result"]);
    assert.deepEqual(schemas("partly").a, { type: "array", items: {} });
    assert.deepEqual(task("partly").result, { type: "object", properties: { x: {} }, required: ["x"] });
  });

  it("that takes a tuple of several types as its rest is any", () => {
    assert.deepEqual(schemas("numbers").pair, { type: "number" });
    assert.deepEqual(schemas("pairs").pair, {});
    assert.match(
      shop["shop.orders.pairs"].undescribed[0],
      /the parameter 'pair' is any: write `@param {...string} pair`/,
    );
  });
});
