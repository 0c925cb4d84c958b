/**
 * The setting `taskAnnotations`: options that override those of tasks (`celery.app.annotations`). As in Celery, the options of "*"
 * win over those of a name, and of several maps the first that has the name counts.
 */
import { ImproperlyConfigured } from "../errors.js";
import { checkTaskOptions } from "./options.js";

/**
 * @typedef {import("./options.js").TaskOptions} TaskOptions
 * @typedef {Omit<TaskOptions, typeof OF_THE_FUNCTION[number]>} Annotation
 * @typedef {Readonly<Record<string, Annotation>>} AnnotationMap by the task's name; "*": all tasks
 * @typedef {AnnotationMap | readonly AnnotationMap[]} TaskAnnotations
 */

/** Options that describe the function, and the handlers that run where it runs: a thread could not get them. */
const OF_THE_FUNCTION = /** @type {const} */ (["name", "bind", "params", "schema", "beforeStart", "onReplace"]);

const ANY = "*";

export class Annotations {
  /** @type {readonly AnnotationMap[]} */
  #maps;

  /**
   * @param {TaskAnnotations | null} setting
   * @throws {ImproperlyConfigured} for an option that cannot be used, naming the setting, the task and the option
   */
  constructor(setting) {
    this.#maps = mapsOf(setting);
    for (const [name, annotation] of this.#maps.flatMap((map) => Object.entries(map))) check(name, annotation);
  }

  /**
   * @param {string} name of a task
   * @param {Readonly<TaskOptions>} options that it was given
   * @returns {Readonly<TaskOptions>} with its annotations; one that is `null` leaves the option to the app's setting
   * @throws {ImproperlyConfigured} when they do not fit together
   */
  annotate(name, options) {
    const found = [this.#first(name), this.#first(ANY)].filter((annotation) => annotation !== undefined);
    if (found.length === 0) return options;
    return checkTaskOptions(Object.assign({}, options, ...found), `task ${name}, with the setting taskAnnotations`);
  }

  /** @param {string} name */
  #first(name) {
    return this.#maps.find((map) => Object.hasOwn(map, name))?.[name];
  }
}

/**
 * The annotations for threads, to which functions cannot be copied: classes of errors become their names, and what only the main
 * thread uses is left out: handlers, and the options of automatic retries.
 *
 * @param {TaskAnnotations | null} setting
 * @returns {TaskAnnotations}
 */
export function copyableAnnotations(setting) {
  return mapsOf(setting).map((map) =>
    Object.fromEntries(Object.entries(map).map(([name, annotation]) => [name, copyable(annotation)])),
  );
}

/** @param {TaskAnnotations | null} setting @returns {readonly AnnotationMap[]} */
function mapsOf(setting) {
  if (setting === null) return [];
  return Array.isArray(setting) ? setting : [/** @type {AnnotationMap} */ (setting)];
}

/**
 * @param {string} name
 * @param {Annotation} annotation
 */
function check(name, annotation) {
  const label = `setting taskAnnotations["${name}"]`;
  const own = OF_THE_FUNCTION.find((option) => option in annotation);
  if (own !== undefined) throw new ImproperlyConfigured(`${label}: option '${own}' can only be given to task()`);
  checkTaskOptions(annotation, label);
}

/** @param {Annotation} annotation @returns {Annotation} */
function copyable(annotation) {
  const entries = Object.entries(annotation)
    .filter(([option, value]) => typeof value !== "function" && option !== "retryKwargs")
    .map(([option, value]) => [option, Array.isArray(value) ? value.map(nameOf) : value]);
  return Object.fromEntries(entries);
}

/** @param {unknown} value */
const nameOf = (value) => (typeof value === "function" ? value.name : value);
