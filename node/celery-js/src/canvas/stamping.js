/**
 * Stamps: custom headers that every task of a workflow carries (`celery.canvas.Signature.stamp`, `StampingVisitor`).
 * Existing stamps stay: of two values for one name the outer one wins, or, with `appendStamps`, both are kept. With
 * `stampedHeaders` (or `stamped_headers`), only the values that it names are stamps; the others are options of each task.
 */
import { BOOLEAN, checkArgument, methodOptions, OBJECT } from "../validation/kinds.js";
import { fromWire, listOf } from "./options.js";
import { toSignature } from "./signature-types.js";

/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {Record<string, unknown>} Stamps by name
 * @typedef {{ values: Stamps, names: ReadonlySet<string> }} Headers `names`: of the values that are stamps
 * @typedef {(signature: import("./types.js").UntypedSignature, stamps: Stamps) => Stamps | void} Visit what to stamp in addition
 * @typedef {(signature: import("./types.js").UntypedSignature, stamps: Stamps) => void} Leave
 */
/**
 * Celery's StampingVisitor: gives the stamps of each part of a workflow.
 *
 * @typedef {object} StampingVisitor
 * @property {Visit} onSignature
 * @property {Visit} [onGroupStart]
 * @property {Leave} [onGroupEnd]
 * @property {Visit} [onChainStart]
 * @property {Leave} [onChainEnd]
 * @property {Visit} [onChordHeaderStart] default: `onGroupStart` with the header
 * @property {Leave} [onChordHeaderEnd] default: `onGroupEnd` with the header
 * @property {Visit} [onChordBody]
 * @property {Visit} [onCallback]
 * @property {Visit} [onErrback]
 *
 * @typedef {object} StampOptions
 * @property {StampingVisitor | null} [visitor]
 * @property {boolean | null} [appendStamps] true keeps both of two values for one name, as a list
 */

/** @type {import("../validation/kinds.js").KindsOf<StampOptions>} */
const STAMP_KINDS = { visitor: ["an object", OBJECT[1]], appendStamps: BOOLEAN };

/**
 * @param {string} task that messages name
 * @param {unknown} stamps
 * @param {unknown} options
 * @returns {StampOptions}
 * @throws {TypeError} when the stamps are not an object, or an option is unknown or of the wrong kind
 */
export function checkStamping(task, stamps, options) {
  checkArgument(stamps, OBJECT, `${task}: stamp(): the stamps`);
  return methodOptions(options, STAMP_KINDS, `${task}: stamp()`);
}

/**
 * @param {Signature} signature stamped with all its parts
 * @param {Stamps} stamps
 * @param {StampOptions} options
 */
export function stampSignature(signature, stamps, options) {
  stampAll(signature, headersOf(stamps), options);
}

/**
 * @param {Signature} signature
 * @param {Headers} outer
 * @param {StampOptions} options
 */
function stampAll(signature, outer, options) {
  const { visitor = null } = options;
  switch (signature.subtaskType) {
    case "group":
      stampMembers(signature, outer, options, visitor?.onGroupStart, visitor?.onGroupEnd);
      break;
    case "chain":
      stampMembers(signature, outer, options, visitor?.onChainStart, visitor?.onChainEnd);
      break;
    case "chord":
      stampChord(signature, outer, options);
      break;
    default:
      stampLinks(signature, outer, options);
      setHeaders(signature, collect(signature, visitor?.onSignature(signature, { ...outer.values }), outer, options));
  }
}

/**
 * Values that are not stamps become options, or, where Celery has no such option, properties of the message.
 *
 * @param {Signature} signature a single task
 * @param {Headers} headers
 * @throws {TypeError} for an option of the wrong kind
 */
function setHeaders(signature, { values, names }) {
  const entries = Object.entries(values);
  const stamps = Object.fromEntries(entries.filter(([name]) => names.has(name)));
  const others = fromWire(Object.fromEntries(entries.filter(([name]) => !names.has(name))));
  signature.set({ ...others.options, stampedHeaders: Object.keys(stamps), stamps });
  Object.assign(signature.foreign, others.foreign);
}

/**
 * @param {Signature} signature a group or a chain
 * @param {Headers} outer
 * @param {StampOptions} options
 * @param {Visit} [enter]
 * @param {Leave} [leave]
 */
function stampMembers(signature, outer, options, enter, leave) {
  const { visitor } = options;
  const headers = collect(signature, enter?.call(visitor, signature, { ...outer.values }), outer, options);
  stampLinks(signature, headers, options);
  for (const task of /** @type {Signature[]} */ (signature.kwargs.tasks)) stampAll(task, headers, options);
  leave?.call(visitor, signature, headers.values);
}

/**
 * Stamps a chord; as in Celery, the visitor stamps the body.
 *
 * @param {Signature} chord
 * @param {Headers} outer
 * @param {StampOptions} options
 */
function stampChord(chord, outer, options) {
  const { visitor } = options;
  const { header, body } = /** @type {{ header: Signature & { tasks?: Signature[] }, body: Signature | null }} */ (
    chord.kwargs
  );
  const enter = visitor?.onChordHeaderStart
    ? visitor.onChordHeaderStart(chord, { ...outer.values })
    : visitor?.onGroupStart?.(header, { ...outer.values });
  let headers = collect(chord, enter, outer, options);
  stampLinks(chord, headers, options);
  for (const task of Array.isArray(header) ? header : (header.tasks ?? [])) stampAll(task, headers, options);
  if (!visitor) return;
  if (visitor.onChordHeaderEnd) visitor.onChordHeaderEnd(chord, headers.values);
  else visitor.onGroupEnd?.(header, headers.values);
  if (body === null) return;
  headers = collect(chord, visitor.onChordBody?.(chord, { ...headers.values }), headers, options);
  stampAll(body, headers, options);
}

/**
 * @param {Signature} signature whose callbacks and errbacks are stamped
 * @param {Headers} outer
 * @param {StampOptions} options
 */
function stampLinks(signature, outer, options) {
  const { visitor } = options;
  for (const [name, visit] of /** @type {const} */ ([
    ["link", visitor?.onCallback],
    ["linkError", visitor?.onErrback],
  ])) {
    let headers = outer;
    const links = listOf(signature.options[name]).map((link) => toSignature(link, signature.ownApp));
    if (links.length > 0) signature.options[name] = links;
    for (const link of links) {
      // A callback has its own stamps: it does not take those of the task that it is linked to.
      headers = collect(null, visit?.call(visitor, link, { ...headers.values }), headers, options);
      stampAll(link, headers, options);
    }
  }
}

/**
 * `celery.canvas.Signature._stamp_headers`
 *
 * @param {Signature | null} signature whose own stamps are added last
 * @param {Stamps | void} visited
 * @param {Headers} outer
 * @param {StampOptions} options
 * @returns {Headers}
 */
function collect(signature, visited, outer, { appendStamps }) {
  const local = signature?.options.stamps ?? {};
  let { values, names } = outer;
  for (const more of [headersOf(visited ?? {}), { values: local, names: Object.keys(local) }]) {
    values = merge(values, more.values, appendStamps === true);
    names = new Set([...names, ...more.names]);
  }
  return { values, names };
}

/**
 * @param {Stamps} given by the caller or by a visitor
 * @returns {Headers}
 */
function headersOf({ stampedHeaders, stamped_headers: inSnakeCase, ...values }) {
  const named = stampedHeaders ?? inSnakeCase;
  return { values, names: new Set(named === undefined ? Object.keys(values) : listOf(named).map(String)) };
}

/**
 * `celery.canvas._merge_dictionaries`: lists of both are joined in any case.
 *
 * @param {Stamps} stamps
 * @param {Stamps} more
 * @param {boolean} append
 * @returns {Stamps}
 */
function merge(stamps, more, append) {
  /** @type {Stamps} */
  const merged = { ...stamps };
  for (const [name, value] of Object.entries(more)) {
    const known = merged[name];
    if (!(name in merged)) merged[name] = value;
    else if (Array.isArray(known) && Array.isArray(value)) merged[name] = [...known, ...value];
    else if (append) merged[name] = [...listOf(known), value];
  }
  return merged;
}
