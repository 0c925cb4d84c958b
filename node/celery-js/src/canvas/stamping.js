/**
 * Stamps: custom headers that every task of a workflow carries (`celery.canvas.Signature.stamp`, `StampingVisitor`).
 * Existing stamps stay: of two values for one name the outer one wins, or, with `appendStamps`, both are kept.
 */
import { BOOLEAN, checkArgument, methodOptions, OBJECT } from "../validation/kinds.js";
import { listOf } from "./options.js";
import { toSignature } from "./signature-types.js";

/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {Record<string, unknown>} Stamps by name
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
  const { visitor = null } = options;
  switch (signature.subtaskType) {
    case "group":
      stampMembers(signature, stamps, options, visitor?.onGroupStart, visitor?.onGroupEnd);
      break;
    case "chain":
      stampMembers(signature, stamps, options, visitor?.onChainStart, visitor?.onChainEnd);
      break;
    case "chord":
      stampChord(signature, stamps, options);
      break;
    default: {
      stampLinks(signature, stamps, options);
      const all = collect(signature, visitor?.onSignature(signature, { ...stamps }), stamps, options);
      signature.set({ stampedHeaders: Object.keys(all), stamps: all });
    }
  }
}

/**
 * @param {Signature} signature a group or a chain
 * @param {Stamps} outer
 * @param {StampOptions} options
 * @param {Visit} [enter]
 * @param {Leave} [leave]
 */
function stampMembers(signature, outer, options, enter, leave) {
  const { visitor } = options;
  const stamps = collect(signature, enter?.call(visitor, signature, { ...outer }), outer, options);
  stampLinks(signature, stamps, options);
  for (const task of /** @type {Signature[]} */ (signature.kwargs.tasks)) stampSignature(task, stamps, options);
  leave?.call(visitor, signature, stamps);
}

/**
 * Stamps a chord; as in Celery, the visitor stamps the body.
 *
 * @param {Signature} chord
 * @param {Stamps} outer
 * @param {StampOptions} options
 */
function stampChord(chord, outer, options) {
  const { visitor } = options;
  const { header, body } = /** @type {{ header: Signature & { tasks?: Signature[] }, body: Signature | null }} */ (
    chord.kwargs
  );
  const enter = visitor?.onChordHeaderStart
    ? visitor.onChordHeaderStart(chord, { ...outer })
    : visitor?.onGroupStart?.(header, { ...outer });
  let stamps = collect(chord, enter, outer, options);
  stampLinks(chord, stamps, options);
  for (const task of Array.isArray(header) ? header : (header.tasks ?? [])) stampSignature(task, stamps, options);
  if (!visitor) return;
  if (visitor.onChordHeaderEnd) visitor.onChordHeaderEnd(chord, stamps);
  else visitor.onGroupEnd?.(header, stamps);
  if (body === null) return;
  stamps = collect(chord, visitor.onChordBody?.(chord, { ...stamps }), stamps, options);
  stampSignature(body, stamps, options);
}

/**
 * @param {Signature} signature whose callbacks and errbacks are stamped
 * @param {Stamps} outer
 * @param {StampOptions} options
 */
function stampLinks(signature, outer, options) {
  const { visitor } = options;
  for (const [name, visit] of /** @type {const} */ ([
    ["link", visitor?.onCallback],
    ["linkError", visitor?.onErrback],
  ])) {
    let stamps = { ...outer };
    const links = listOf(signature.options[name]).map((link) => toSignature(link, signature.ownApp));
    if (links.length > 0) signature.options[name] = links;
    for (const link of links) {
      // A callback has its own stamps: it does not take those of the task that it is linked to.
      stamps = collect(null, visit?.call(visitor, link, { ...stamps }), stamps, options);
      stampSignature(link, stamps, options);
    }
  }
}

/**
 * @param {Signature | null} signature whose own stamps are added last
 * @param {Stamps | void} visited
 * @param {Stamps} outer
 * @param {StampOptions} options
 * @returns {Stamps}
 */
function collect(signature, visited, outer, { appendStamps }) {
  const local = signature?.options.stamps ?? {};
  return [visited ?? {}, local].reduce((stamps, more) => merge(stamps, more, appendStamps === true), { ...outer });
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
