/**
 * Merges the new arguments of a retry into the message's (celery.app.task.Task.retry). Old arguments that do not conflict stay,
 * however they were passed.
 */
import { isEmpty, isPlainObject } from "./binding.js";

/** @typedef {import("./parameters.js").Parameters} Parameters */
/** @typedef {{ args: unknown[], kwargs: Record<string, unknown> }} Arguments */

/**
 * New positional arguments take the place of the old ones, and of keywords for the same parameters; other keywords
 * stay. New keywords take the place of the old ones, and of positional arguments for the same parameters; other
 * positional ones stay. An object that a pattern took at its position counts as positional here: new keywords replace
 * single keys of it.
 *
 * @param {Parameters} parameters
 * @param {Arguments} inherited the message's
 * @param {{ args?: unknown[] | null, kwargs?: Record<string, unknown> | null }} given
 * @returns {Arguments} none of the objects passed in is changed
 */
export function rebindArguments(parameters, inherited, given) {
  const { args = null, kwargs = null } = given;
  if (args !== null && kwargs !== null) return { args, kwargs };
  if (args !== null) return withNewArgs(parameters, inherited, args);
  if (kwargs !== null) return withNewKwargs(parameters, inherited, kwargs);
  return inherited;
}

/**
 * @param {Parameters} parameters
 * @param {Arguments} inherited
 * @param {unknown[]} args
 * @returns {Arguments}
 */
function withNewArgs(parameters, inherited, args) {
  const kept = { ...byName(parameters, inherited).kwargs };
  const fresh = byName(parameters, { args, kwargs: {} });
  for (const { name } of parameters.positional.slice(0, fresh.args.length)) delete kept[name];
  for (const name of Object.keys(fresh.kwargs)) delete kept[name];
  return isEmpty(kept) ? { args, kwargs: {} } : { args: fresh.args, kwargs: { ...kept, ...fresh.kwargs } };
}

/**
 * @param {Parameters} parameters
 * @param {Arguments} inherited
 * @param {Record<string, unknown>} given
 * @returns {Arguments}
 */
function withNewKwargs(parameters, inherited, given) {
  const old = isEmpty(inherited.kwargs) ? byName(parameters, inherited) : { args: inherited.args, kwargs: {} };
  const args = [...old.args];
  const kwargs = { ...old.kwargs, ...given };
  for (const [index, { name }] of parameters.positional.entries()) {
    if (index >= args.length || !Object.hasOwn(kwargs, name)) continue;
    args[index] = kwargs[name];
    delete kwargs[name];
  }
  return { args, kwargs };
}

/**
 * Moves the objects that patterns would take at their positions into the keyword arguments: the same call, written so
 * that more keywords can be added to it.
 *
 * @param {Parameters} parameters
 * @param {Arguments} call
 * @returns {Arguments} the call itself where nothing is taken, or where a key would lead to another parameter
 */
function byName({ slots, owners, surplus }, call) {
  if (!isEmpty(call.kwargs)) return call;
  const open = [...call.args];
  /** @type {Arguments} */
  const moved = { args: [], kwargs: {} };
  for (const slot of slots) {
    if (open.length === 0 || slot.kind === "rest") break;
    const [value] = open;
    if (slot.kind === "positional") {
      moved.args.push(open.shift());
    } else if (isPlainObject(value)) {
      if (Object.keys(value).some((key) => (owners.get(key) ?? surplus) !== slot)) return call;
      Object.assign(moved.kwargs, open.shift());
    }
  }
  return { args: [...moved.args, ...open], kwargs: moved.kwargs };
}
