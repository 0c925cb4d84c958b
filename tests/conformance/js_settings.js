/** Both workers get one set of settings, in Celery's spelling. */

/**
 * @param {Record<string, unknown>} settings in snake_case, as Celery has them
 * @returns {Record<string, unknown>} in camelCase, transport options included
 */
export function camelCaseKeys(settings) {
  const entries = Object.entries(settings).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
    name.endsWith("_transport_options") ? camelCaseKeys(/** @type {Record<string, unknown>} */ (value)) : value,
  ]);
  return Object.fromEntries(entries);
}
