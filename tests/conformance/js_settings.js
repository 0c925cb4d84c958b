/** Both workers get one set of settings, in Celery's spelling. */

/**
 * @param {Record<string, unknown>} settings in snake_case, as Celery has them
 * @returns {Record<string, unknown>} in camelCase, the options of transports and of tasks included
 */
export function camelCaseKeys(settings) {
  const entries = Object.entries(settings).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
    camelCaseValue(name, value),
  ]);
  return Object.fromEntries(entries);
}

/**
 * @param {string} name of a setting
 * @param {unknown} value
 */
function camelCaseValue(name, value) {
  const object = /** @type {Record<string, any>} */ (value);
  if (name.endsWith("_transport_options")) return camelCaseKeys(object);
  if (name !== "task_annotations") return value;
  return Object.fromEntries(Object.entries(object).map(([task, options]) => [task, camelCaseKeys(options)]));
}
