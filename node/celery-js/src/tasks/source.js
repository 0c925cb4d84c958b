/**
 * Reads a function's parameters from its source text, with a real parser. Nothing of the function is run, and its body
 * does not matter.
 */
import { Parser } from "acorn";

import { ImproperlyConfigured } from "../errors.js";

/** @typedef {import("acorn").Pattern} Pattern */
/** @typedef {(...args: never[]) => unknown} AnyFunction */

/**
 * One parameter as the source has it.
 *
 * @typedef {object} SourceParameter
 * @property {Pattern} pattern the syntax tree
 * @property {string} text the source text, for messages about a parameter that has no name
 */

/**
 * Parser options for any function body. A function is parsed outside its module and class, so syntax that is legal only there
 * (`import.meta`, `super`, `#private`) must be allowed.
 *
 * @type {import("acorn").Options}
 */
const LENIENT = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowImportExportEverywhere: true,
  allowSuperOutsideMethod: true,
  allowReserved: true,
  checkPrivateFields: false,
};

/**
 * The kind of a callable: a function, a generator or a class.
 *
 * @param {AnyFunction} fn
 * @returns {"function" | "class" | "generator function"}
 */
export function functionKind(fn) {
  // The only reliable mark of a class: the text of a method that is named "class" looks like one.
  if (Object.getOwnPropertyDescriptor(fn, "prototype")?.writable === false) return "class";
  return Object.prototype.toString.call(fn).endsWith("GeneratorFunction]") ? "generator function" : "function";
}

/**
 * Refuses callables that cannot be tasks.
 *
 * @param {AnyFunction} fn
 * @param {string} label how messages name the task
 * @throws {ImproperlyConfigured} for classes and generator functions
 */
export function requireTaskFunction(fn, label) {
  const kind = functionKind(fn);
  if (kind === "class") throw new ImproperlyConfigured(`${label} is a class; export a function`);
  if (kind === "generator function") {
    throw new ImproperlyConfigured(
      `${label} is a generator function; a task returns one value, so export a plain function`,
    );
  }
}

/**
 * The parameters in a function's own source.
 *
 * @param {AnyFunction} fn
 * @param {string} label how messages name the task
 * @returns {SourceParameter[]}
 * @throws {ImproperlyConfigured} when there is no source (native and bound functions, proxies) or it cannot be parsed
 */
export function sourceParameters(fn, label) {
  const source = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw new ImproperlyConfigured(
      `${label} is a native or bound function, which does not show its parameters: declare them with the option "params"`,
    );
  }
  try {
    return parse(source);
  } catch (error) {
    throw new ImproperlyConfigured(
      `the parameters of ${label} cannot be read (${error}): declare them with the option "params"`,
      { cause: error },
    );
  }
}

/**
 * The parameters that the option `params` declares. An entry is written as JavaScript writes a parameter (`"amount"`,
 * `"amount = 1"`, `"{ urgent = false, ...rest }"`, `"...lines"`); `"amount?"` is short for one with a default. Only
 * whether there is a default counts: its value does not matter.
 *
 * @param {readonly string[]} params
 * @param {string} label how messages name the task
 * @returns {SourceParameter[]}
 * @throws {ImproperlyConfigured} when an entry is not one parameter, or stands after the rest parameter
 */
export function declaredParameters(params, label) {
  return params.map((entry, index) => {
    const parameter = declaredParameter(entry);
    if (parameter === null) throw new ImproperlyConfigured(`${label}: params: "${entry}" is not a parameter`);
    if (parameter.pattern.type === "RestElement" && index < params.length - 1) {
      throw new ImproperlyConfigured(`${label}: params: "${entry}" has to be the last one`);
    }
    return parameter;
  });
}

/**
 * @param {string} entry
 * @returns {SourceParameter | null} null when the entry is not exactly one parameter
 */
function declaredParameter(entry) {
  try {
    const parameters = parse(`(${entry.replace(/\s*\?\s*$/, " = undefined")}) => 0`);
    return parameters.length === 1 ? parameters[0] : null;
  } catch {
    return null;
  }
}

/**
 * Parses one function's text. Functions and arrow functions are expressions; what `toString` gives for a method or an
 * accessor only stands in a class body.
 *
 * @param {string} source
 * @returns {SourceParameter[]}
 * @throws {SyntaxError} when the text is neither, or does not parse
 */
function parse(source) {
  const asExpression = `(${source}\n)`;
  const node = expression(asExpression);
  if (!(node instanceof SyntaxError)) {
    if (node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") return list(node, asExpression);
    throw new SyntaxError(`its source is not a function's but a ${node.type}`);
  }
  const asMember = `(class { ${source}\n})`;
  const wrapper = expression(asMember);
  const member = wrapper instanceof SyntaxError || wrapper.type !== "ClassExpression" ? null : wrapper.body.body[0];
  if (member?.type === "MethodDefinition") return list(member.value, asMember);
  throw node;
}

/**
 * @param {string} text one expression
 * @returns {import("acorn").Expression | SyntaxError}
 */
function expression(text) {
  try {
    const [statement] = Parser.parse(text, LENIENT).body;
    return statement.type === "ExpressionStatement" ? statement.expression : new SyntaxError("not a function");
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

/**
 * @param {import("acorn").Function} node
 * @param {string} text that it was parsed from
 * @returns {SourceParameter[]}
 */
function list(node, text) {
  return node.params.map((pattern) => ({ pattern, text: text.slice(pattern.start, pattern.end) }));
}
