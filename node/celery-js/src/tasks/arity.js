/** How many arguments a task takes, as Celery counts when it decides how an errback is called. */

/** @typedef {import("./parameters.js").Parameters} Parameters */

/**
 * Whether a task takes more than `n` positional arguments: by rest parameter or by number; keyword-only ones do not
 * count. Mirrors `celery.utils.functional.arity_greater`, and `Backend._errback_arity_greater` where a signature
 * already holds arguments: these are left out as `functools.partial` leaves them out, so what stands behind a named one
 * can only be named.
 *
 * @param {Parameters} parameters
 * @param {number} n
 * @param {readonly unknown[]} [args] what the signature already holds
 * @param {Record<string, unknown>} [kwargs]
 * @returns {boolean}
 */
export function arityGreater(parameters, n, args = [], kwargs = {}) {
  const { positional, rest } = parameters;
  if (!canHold(parameters, args, kwargs)) return rest !== null || positional.length > n;
  const open = positional.slice(args.length);
  const named = open.findIndex((slot) => Object.hasOwn(kwargs, slot.name));
  return named === -1 ? rest !== null || open.length > n : named > n;
}

/**
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Record<string, unknown>} kwargs
 * @returns {boolean} false for arguments that no call could take: Celery then counts as if there were none
 */
function canHold({ positional, maxLength, owners, surplus }, args, kwargs) {
  if (args.length > maxLength) return false;
  return Object.keys(kwargs).every((name) => {
    const slot = owners.get(name) ?? surplus;
    return slot !== null && (slot.kind === "keywords" || positional.indexOf(slot) >= args.length);
  });
}
