/** Converts TypeScript types to JSON Schemas, with TypeScript's checker. */
import { ElementFlags, SymbolFlags, TypeFlags } from "typescript/unstable/sync";

import { FORMATS, UndescribedError, unionOf } from "./schema.js";

/**
 * @typedef {import("typescript/unstable/sync").Type} Type
 * @typedef {import("typescript/unstable/sync").Symbol} TypeSymbol
 * @typedef {import("typescript/unstable/sync").Checker} Checker
 * @typedef {import("./schema.js").Schema} Schema
 */

/** Files of TypeScript's library and of Node's types, whose classes have no JSON form, except those in FORMATS. */
const LIBRARY = /(^bundled:|\/node_modules\/(typescript|@typescript|@types)\/|\/lib\.[\w.]+\.d\.ts$)/;
/** This package's own classes, from its source or its built types. */
const OWN = /\/(src|types)\/protocol\/json-types\.(js|d\.ts)$/;

const PLAIN = Object.freeze({
  [TypeFlags.String]: "string",
  [TypeFlags.Number]: "number",
  [TypeFlags.Boolean]: "boolean",
  [TypeFlags.BigInt]: "integer",
  [TypeFlags.Null]: "null",
  [TypeFlags.Void]: "null",
  [TypeFlags.Undefined]: "null",
  [TypeFlags.Never]: "null",
  [TypeFlags.TemplateLiteral]: "string",
  [TypeFlags.StringMapping]: "string",
});

/** Reads the types of one task. Named types become definitions. */
export class TypeReader {
  #checker;
  /** Type alias or interface -> its name among the definitions. @type {Map<string, string>} */
  #names = new Map();

  /** @param {Checker} checker */
  constructor(checker) {
    this.#checker = checker;
    /** @type {Record<string, Schema>} */
    this.definitions = Object.create(null); // a type may be called `constructor`
    /** Whether the last argument or result has `any` inside. */
    this.hasAny = false;
  }

  /**
   * @param {Type | undefined} type
   * @returns {Schema} the schema of an argument: `undefined` means "not given", so it is not part of it
   * @throws {UndescribedError}
   */
  argument(type) {
    return this.#whole(type, () => this.#field(type));
  }

  /** @param {Type | undefined} type @returns {Schema} */
  #field(type) {
    return this.#schema(type === undefined ? type : this.#given(type));
  }

  /**
   * @param {Type | undefined} type
   * @param {() => Schema} describe
   * @returns {Schema}
   * @throws {UndescribedError} when it is `any`
   */
  #whole(type, describe) {
    const isAny = type !== undefined && Boolean(type.flags & TypeFlags.Any) && !type.isErrorType();
    if (isAny) throw new UndescribedError("");
    this.hasAny = false;
    return describe();
  }

  /**
   * @param {Type | undefined} type what a task's function returns, or promises
   * @returns {Schema}
   * @throws {UndescribedError}
   */
  result(type) {
    if (type === undefined) throw new UndescribedError("it has no type");
    const members = (type.isUnionType() ? type.getTypes() : [type]).map((member) => this.#awaited(member));
    return this.#whole(members[0], () =>
      members.length === 1
        ? this.#schema(members[0])
        : this.#named(type, () => unionOf(members.map((each) => this.#schema(each)))),
    );
  }

  /** @param {Type} type @returns {Type} */
  #awaited(type) {
    const name = type.getSymbol()?.name;
    if ((name !== "Promise" && name !== "PromiseLike") || !type.isTypeReference()) return type;
    return this.#awaited(this.#checker.getTypeArguments(type)[0]);
  }

  /** @param {Type} type @returns {Type} without `undefined`, by its own name where it has one */
  #given(type) {
    if (!type.isUnionType()) return type;
    const members = type.getTypes();
    if (!members.some((member) => member.flags & TypeFlags.Undefined)) return type;
    if (members.some((member) => member.flags & TypeFlags.Null)) return type;
    return this.#checker.getNonNullableType(type) ?? type;
  }

  /** @param {Type | undefined} type @returns {Schema} */
  #schema(type) {
    if (type === undefined || type.isErrorType())
      throw new UndescribedError("its type is not known: does it exist, and is it imported?");
    if (type.flags & TypeFlags.Any) this.hasAny = true;
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) return {};
    return this.#named(type, () => this.#structure(type));
  }

  /**
   * @param {Type} type
   * @param {() => Schema} describe
   * @returns {Schema} a reference, where the type has a name
   */
  #named(type, describe) {
    const alias = type.getAliasSymbol();
    const symbol = alias ?? type.getSymbol();
    if (symbol === undefined || !this.#isNamed(symbol) || isBuiltIn(symbol)) return describe();
    const args = alias === undefined ? this.#typeArguments(type) : type.getAliasTypeArguments();
    const label = symbol.name + args.map((each) => nameOf(this.#checker.typeToString(each))).join("");
    const key = `${symbol.id} ${label}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = label;
      for (let count = 2; name in this.definitions; count++) name = `${label}${count}`;
      this.#names.set(key, name);
      this.definitions[name] = {};
      this.definitions[name] = describe();
    }
    return { $ref: `#/$defs/${name}` };
  }

  /** @param {Type} type @returns {readonly Type[]} */
  #typeArguments(type) {
    return type.isTypeReference() ? this.#checker.getTypeArguments(type).filter((each) => !isThis(each)) : [];
  }

  /** @param {TypeSymbol} symbol */
  #isNamed({ flags }) {
    return Boolean(flags & (SymbolFlags.TypeAlias | SymbolFlags.Interface | SymbolFlags.Class | SymbolFlags.Enum));
  }

  /** @param {Type} type @returns {Schema} */
  #structure(type) {
    const plain = Object.entries(PLAIN).find(([flag]) => type.flags & Number(flag));
    if (plain !== undefined) return { type: plain[1] };
    if (type.isLiteralType()) return { const: type.value, type: typeof type.value };
    if (type.isUnionType()) return unionOf(this.#members(type));
    if (type.isTypeParameter()) {
      const constraint = this.#checker.getBaseConstraintOfType(type);
      return constraint === undefined ? {} : this.#schema(constraint);
    }
    const symbol = type.getSymbol();
    if (symbol !== undefined && isBuiltIn(symbol)) {
      const format = Object.entries(FORMATS).find(([name]) => name === symbol.name)?.[1];
      if (format !== undefined) return { format };
    }
    if (this.#checker.isTupleType(type)) return this.#tuple(/** @type {any} */ (type));
    if (this.#checker.isArrayType(type)) return this.#array(type);
    if (type.flags & TypeFlags.NonPrimitive) return { type: "object" };
    if (type.isObjectType() || type.isIntersectionType()) return this.#object(type);
    throw this.#undescribed(type);
  }

  /** @param {import("typescript/unstable/sync").UnionType} type @returns {Schema[]} */
  #members(type) {
    const members = type.getTypes();
    // A member that is written as a literal gets no name: it is part of an enum.
    return members
      .filter((member) => !(member.flags & TypeFlags.Undefined))
      .map((member) => (member.isLiteralType() ? this.#structure(member) : this.#schema(member)))
      .map((schema) => ("const" in schema ? { const: schema.const } : schema));
  }

  /** @param {Type} type @returns {Schema} */
  #array(type) {
    const [item] = this.#typeArguments(type);
    return { type: "array", items: this.#schema(item) };
  }

  /** @param {import("typescript/unstable/sync").TupleType} type @returns {Schema} */
  #tuple(type) {
    const target = /** @type {import("typescript/unstable/sync").TupleType} */ (type.getTarget?.() ?? type);
    const items = this.#typeArguments(type).map((each) => this.#schema(this.#given(each)));
    const flags = target.elementFlags;
    const rest = flags.findIndex((flag) => flag & ElementFlags.Variable);
    const minItems = flags.filter((flag) => flag & ElementFlags.Required).length;
    if (rest === -1) return { type: "array", prefixItems: items, minItems, maxItems: items.length };
    return { type: "array", prefixItems: items.slice(0, rest), items: unionOf(items.slice(rest)), minItems };
  }

  /** @param {Type} type @returns {Schema} */
  #object(type) {
    const symbol = type.getSymbol();
    const isFunction = this.#checker.getSignaturesOfType(type, 0).length > 0;
    const isClass = symbol !== undefined && isBuiltIn(symbol) && this.#isNamed(symbol);
    if (isFunction || isClass) throw this.#undescribed(type);
    const properties = this.#checker.getPropertiesOfType(type).filter(isWritten);
    /** @type {Record<string, Schema>} */
    const schemas = {};
    const required = [];
    for (const property of properties) {
      const held = this.#checker.getTypeOfSymbol(property);
      schemas[property.name] = this.#field(held);
      if (!(property.flags & SymbolFlags.Optional) && !takesUndefined(held)) required.push(property.name);
    }
    const [index] = this.#checker.getIndexInfosOfType(type);
    return {
      type: "object",
      ...(properties.length > 0 || index === undefined ? { properties: schemas } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(index === undefined ? {} : { additionalProperties: this.#field(index.valueType) }),
    };
  }

  /** @param {Type} type */
  #undescribed(type) {
    const shown = this.#checker.typeToString(type);
    return new UndescribedError(
      `${shown} has no JSON form: use plain types, arrays, objects or celery-js's Decimal, UUID, ...`,
    );
  }
}

/**
 * @param {TypeSymbol} property
 * @returns {boolean} whether `JSON.stringify` writes it: no methods, no accessors of a class, no `#private` and no symbols
 */
function isWritten(property) {
  const isAccessor = Boolean(property.flags & SymbolFlags.Accessor);
  const ofClass = isAccessor && Boolean((property.getParent()?.flags ?? 0) & SymbolFlags.Class);
  return !(property.flags & SymbolFlags.Method) && !ofClass && !/^__[#@]/.test(property.name);
}

/** @param {Type | undefined} type */
export function takesUndefined(type) {
  return type?.isUnionType() && type.getTypes().some(({ flags }) => flags & TypeFlags.Undefined);
}

/** @param {Type} type */
const isThis = (type) => type.isTypeParameter() && type.isThisType === true;

/** @param {TypeSymbol} symbol @returns {boolean} whether TypeScript, Node or this package declares it */
function isBuiltIn(symbol) {
  return (
    symbol.declarations.length > 0 && symbol.declarations.every(({ path }) => LIBRARY.test(path) || OWN.test(path))
  );
}

/** @param {string} text of a type @returns {string} what can be part of a name */
const nameOf = (text) =>
  text
    .replace(/[^\p{ID_Continue}]+/gu, " ")
    .replace(/(?:^| )(.)/g, (_, first) => first.toUpperCase())
    .trim();
