/**
 * Describes the parameters and results of a folder's tasks, from JSDoc and TypeScript types or from a task's explicit `schema`.
 * Imported as `celery-js/contracts`; needs the package `typescript` in version 7.0. It is not a peer dependency, because workers
 * don't need it, and because npm would refuse projects with another version that never import this.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { TypeFlags } from "typescript/unstable/sync";

import { ImproperlyConfigured } from "../errors.js";
import { discoverTasks } from "../tasks/discover.js";
import { explicitSchema } from "./explicit.js";
import { taskParameters } from "./parameters.js";
import { openTypes } from "./project.js";
import { UndescribedError } from "./schema.js";
import { TypeReader, takesUndefined } from "./types.js";

/**
 * @typedef {import("./schema.js").Schema} Schema
 *
 * @typedef {object} Description
 * @property {string} place "file:line" of the task
 * @property {Record<string, unknown>} task as the catalogue has it
 * @property {Record<string, Schema>} inputs definitions that the parameters refer to
 * @property {Record<string, Schema>} outputs definitions that result and progress refer to
 * @property {string[]} undescribed one line, "file:line: ...", for everything that is `any`
 * @property {string[]} notes one line for each further remark to a task's author
 */

/**
 * Describes the tasks of a folder.
 *
 * @param {URL | string} directory as `app.autodiscoverTasks` takes it
 * @param {object} options
 * @param {string} options.prefix of the tasks' names
 * @param {string} options.tsconfig path of the project's tsconfig.json
 * @param {(sentence: string) => void} [options.onSkipped] called for each file that may have tasks and is not read
 * @param {(file: string) => void} [options.onImport] called before each file is imported
 * @returns {Promise<Record<string, Description>>} by the task's name
 * @throws {import("../errors.js").TaskImportError} when a module cannot be imported, with its file and line
 * @throws {import("../errors.js").DuplicateTaskError} when two exports claim one name
 * @throws {import("../errors.js").ImproperlyConfigured} when a task's parameters cannot be read
 */
export async function describeTasks(directory, { prefix, tsconfig, onSkipped, onImport }) {
  const folder = directory instanceof URL ? fileURLToPath(directory) : directory;
  const tasks = await discoverTasks(folder, { prefix, onSkipped, onImport });
  const types = openTypes(resolve(tsconfig), [...new Set(tasks.map(({ file }) => file))]);
  try {
    return Object.fromEntries(tasks.map((task) => [task.name, new TaskReader(task, types).read()]));
  } finally {
    types.close();
  }
}

class TaskReader {
  #task;
  #typed;
  #checker;
  #types;
  /** @type {Description} */
  #found = { place: "", task: {}, inputs: {}, outputs: {}, undescribed: [], notes: [] };

  /**
   * @param {import("../tasks/discover.js").DiscoveredTask} task
   * @param {ReturnType<typeof openTypes>} opened
   */
  constructor(task, { project, exportsOf }) {
    this.#task = task;
    this.#typed = exportsOf(task.file).get(task.exported);
    this.#checker = project.checker;
    this.#types = new TypeReader(project.checker);
    this.#found.place = this.#place();
  }

  /** @param {number} [parameter] the index of the function's parameter */
  #place(parameter) {
    return `${this.#task.file}:${this.#typed?.lineOf(parameter) ?? 1}`;
  }

  /** @returns {Description} */
  read() {
    const { options } = this.#task;
    const parameters = this.#taskParameters().map((each) => this.#parameter(each));
    const result = this.#result();
    Object.assign(this.#found.inputs, this.#types.definitions);
    Object.assign(this.#found.outputs, this.#types.definitions);
    const { doc = "", deprecated = "" } = this.#typed?.comment ?? {};
    this.#found.task = {
      language: "javascript",
      parameters,
      result,
      ...(options.queue ? { queue: options.queue } : {}),
      ...(options.schema?.progress
        ? { progress: this.#explicit(options.schema.progress, "output", "Progress", "option progress") }
        : {}),
      ...(doc === "" ? {} : { doc }),
      ...(deprecated === "" ? {} : { deprecated }),
      ...("maxRetries" in options ? { max_retries: options.maxRetries } : {}),
      ...("timeLimit" in options ? { time_limit_s: options.timeLimit } : {}),
      ...("softTimeLimit" in options ? { soft_time_limit_s: options.softTimeLimit } : {}),
    };
    return this.#found;
  }

  /** @throws {ImproperlyConfigured} with the file and line, when they cannot be read */
  #taskParameters() {
    try {
      return taskParameters(this.#task);
    } catch (error) {
      if (!(error instanceof ImproperlyConfigured)) throw error;
      throw new ImproperlyConfigured(`${this.#found.place}: ${error.message}`);
    }
  }

  /** @param {import("./parameters.js").TaskParameter} parameter */
  #parameter(parameter) {
    const { name, kind, required, fallback } = parameter;
    const params = this.#task.options.schema?.params ?? {};
    const explicit = Object.hasOwn(params, name) ? params[name] : undefined;
    if (required) this.#noteOptional(parameter);
    const schema =
      explicit === undefined
        ? this.#described(() => this.#types.argument(this.#typeOf(parameter)), parameter)
        : this.#explicit(explicit, "input", pascal(name), `parameter '${name}'`, parameter);
    return { name, kind, required, schema, ...(fallback === null ? {} : { default: fallback.value }) };
  }

  /**
   * Notes a parameter whose type says that callers may leave it out, which only a default makes true.
   *
   * @param {import("./parameters.js").TaskParameter} parameter
   */
  #noteOptional(parameter) {
    if (!takesUndefined(this.#typeOf(parameter))) return;
    const { index, name } = parameter;
    this.#found.notes.push(
      `${this.#place(this.#position(index))}: ${this.#task.name}: parameter '${name}': callers must give it, although its type ` +
        `allows undefined: write a default, such as \`${name} = undefined\``,
    );
  }

  #result() {
    const { signature } = this.#typed ?? {};
    const explicit = this.#task.options.schema?.result;
    if (explicit !== undefined) return this.#explicit(explicit, "output", "Result", "result");
    const type = signature === undefined ? undefined : this.#checker.getReturnTypeOfSignature(signature);
    return this.#described(() => this.#types.result(type), null);
  }

  /** @param {import("./parameters.js").TaskParameter} parameter */
  #typeOf({ index, key, kind }) {
    const { signature } = this.#typed ?? {};
    const symbol = signature?.getParameters()[this.#position(index)];
    const type = symbol === undefined ? undefined : this.#checker.getTypeOfSymbol(symbol);
    if (type === undefined || type.flags & TypeFlags.Any) return type ?? this.#checker.getAnyType();
    if (key !== null) {
      const property = this.#checker.getPropertyOfType(this.#checker.getNonNullableType(type) ?? type, key);
      return property === undefined ? this.#checker.getAnyType() : this.#checker.getTypeOfSymbol(property);
    }
    if (kind === "var_keyword") {
      return this.#checker.getIndexInfosOfType(type)[0]?.valueType ?? this.#checker.getAnyType();
    }
    if (kind !== "var_positional") return type;
    const items = new Set(type.isTypeReference() ? this.#checker.getTypeArguments(type) : []);
    const [item] = items;
    return items.size === 1 ? item : this.#checker.getAnyType(); // a tuple of several types is not described
  }

  /** @param {number} index without `self` @returns {number} the index with `self`, if the function takes it */
  #position(index) {
    const { signature } = this.#typed ?? {};
    const count = signature?.getParameters().length ?? 0;
    const isRestOnly = Boolean(signature?.hasRestParameter) && count === 1;
    return this.#task.options.bind && !isRestOnly ? index + 1 : index;
  }

  /**
   * @param {import("../tasks/schema.js").StandardSchema} standard
   * @param {"input" | "output"} side
   * @param {string} label
   * @param {string} what for messages
   * @param {import("./parameters.js").TaskParameter | null} [parameter]
   */
  #explicit(standard, side, label, what, parameter = null) {
    const name = pascal(this.#task.exported) + label;
    return this.#described(
      () => {
        const { schema, definitions } = explicitSchema(standard, side, name);
        Object.assign(side === "input" ? this.#found.inputs : this.#found.outputs, definitions);
        return schema;
      },
      parameter,
      what,
    );
  }

  /**
   * @param {() => Schema} describe
   * @param {import("./parameters.js").TaskParameter | null} parameter null for the result
   * @param {string} [what]
   * @returns {Schema} `{}` when it cannot be described
   */
  #described(describe, parameter, what = parameter === null ? "result" : `parameter '${parameter.name}'`) {
    const place = this.#place(parameter === null ? undefined : this.#position(parameter.index));
    const subject = `${place}: ${this.#task.name}: the ${what}`;
    this.#types.hasAny = false;
    try {
      const schema = describe();
      const advice = "write the types of all its parts, or unknown where any JSON value is meant";
      if (this.#types.hasAny) this.#found.undescribed.push(`${subject} is any in part: ${advice}`);
      return schema;
    } catch (error) {
      if (!(error instanceof UndescribedError)) throw error;
      const advice = error.message === "" ? whatToWrite(parameter) : error.message;
      this.#found.undescribed.push(`${subject} is any: ${advice}`);
      return {};
    }
  }
}

/** @param {import("./parameters.js").TaskParameter | null} parameter */
function whatToWrite(parameter) {
  const where = "in the comment right before the function";
  if (parameter === null) return `write \`@returns {string}\` ${where}`;
  const { name, kind, key } = parameter;
  const written =
    key === null
      ? kind === "var_positional"
        ? `{...string} ${name}`
        : `{string} ${name}`
      : `{{ ${key}: string }} options`;
  return `write \`@param ${written}\` ${where}`;
}

/** @param {string} name */
const pascal = (name) => name.slice(0, 1).toUpperCase() + name.slice(1);
