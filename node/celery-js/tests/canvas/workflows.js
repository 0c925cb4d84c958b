/** The workflows whose dicts and messages `tests/fixtures/record_canvas.py` records from Celery, under the same names. */
import { chain, chord, group } from "../../src/index.js";

/**
 * @typedef {import("../../src/index.js").Celery} Celery
 * @typedef {import("../../src/index.js").Signature<any>} Signature
 * @typedef {(name: string, ...args: unknown[]) => Signature} Make
 */

/** @type {Record<string, (t: Make, app: Celery) => Signature>} */
export const WORKFLOWS = {
  "a signature": (t) => t("a", 1, 2),
  "a signature with options": (t) => t("a", 1).set({ priority: 3, queue: "other", countdown: 10 }),
  "an immutable signature": (t) => t("a", 1).set({ immutable: true }),
  "callbacks and errbacks": (t) => linked(t("a", 1), t),
  "a chain": (t) => chain(t("a", 1), t("b", 2), t("c")),
  "a chain of one": (t) => chain(t("a", 1)),
  "a chain of chains": (t) => chain(chain(t("a"), t("b")), chain(t("c"), t("d"))),
  "a chain with callbacks": (t) => linked(chain(t("a"), t("b")), t),
  "a chain with an empty group": (t) => chain(t("a"), group(), t("b")),
  "a group": (t) => group(t("a"), t("b")),
  "a group of one": (t) => group([t("a")]),
  "a group of groups": (t) => group(t("a"), group(t("b"), group(t("c"), t("d"))), t("e")),
  "a group with options": (t) => group(t("a"), t("b")).set({ priority: 6 }),
  "a group with errbacks": (t) => failing(group(t("a"), t("b")), t),
  "a group of chains": (t) => group(chain(t("a"), t("b")), chain(t("c"), t("d"))),
  "a chord": (t) => chord([t("a"), t("b")], t("body", 7)),
  "a chord with callbacks": (t) => linked(chord([t("a"), t("b")], t("body")), t),
  "a chord of one": (t) => chord([t("a")], t("body")),
  "a chord without a header": (t) => chord([], t("body")),
  "a chord whose body is a chain": (t) => chord([t("a"), t("b")], chain(t("c"), t("d"))),
  "a chord whose body is a group": (t) => chord([t("a"), t("b")], group(t("c"), t("d"))),
  "a chord whose body is a chord": (t) => chord([t("a"), t("b")], chord([t("c"), t("d")], t("e"))),
  "chords in a chord": (t) => chord([chord([t("a"), t("b")], t("c")), t("d")], t("e")),
  "chains in a chord": (t) => chord([chain(t("a"), t("b")), t("c")], t("d")),
  "a group in a chord": (t) => chord([t("a"), group(t("b"), t("c"))], t("d")),
  "a delayed chord": (t) => chord([t("a"), t("b")], t("c")).set({ countdown: 10 }),
  "a group before a task": (t) => chain(group(t("a"), t("b")), t("c")),
  "a group between tasks": (t) => chain(t("a"), group(t("b"), t("c")), t("d"), t("e")),
  "a group at the end": (t) => chain(t("a"), group(t("b"), t("c"))),
  "a group of one in a chain": (t) => chain(t("a"), group([t("b")]), t("c")),
  "two groups": (t) => chain(group(t("a"), t("b")), group(t("c"), t("d"))),
  "two groups and a task": (t) => chain(group(t("a"), t("b")), group(t("c"), t("d")), t("e")),
  "three groups": (t) => chain(["a", "b", "c"].map((name) => group(t(name), t(name)))),
  "groups with tasks between": (t) => chain(group(t("a"), t("b")), t("c"), group(t("d"), t("e")), t("f")),
  "a chord in a chain": (t) => chain(t("a"), chord([t("b"), t("c")], t("d")), t("e")),
  "two chords in a chain": (t) => chain(chord([t("a"), t("b")], t("c")), chord([t("d")], t("e"))),
  "a chain that ends in a group in a chord": (t) => chord([chain(t("a"), group(t("b"), t("c")))], t("d")),
  "a stamped task": (t) => stamped(t("a")),
  "a stamped chain": (t) => stamped(chain(t("a"), t("b"))),
  "a stamped group": (t) => stamped(group(t("a"), linked(t("b"), t))),
  "a stamped chord": (t) => stamped(chord([t("a"), t("b")], t("c"))),
  "a task with a named stamp": (t) => named(t("a"), "stampedHeaders"),
  "a workflow with a named stamp": (t) => named(chain(t("a"), group(t("b"), linked(t("c"), t))), "stamped_headers"),
  "a skewed group": (t) => group(t("a"), t("b"), t("c"), t("d")).skew(1, 4, 2),
  "a map": (_, app) => mapped(app).map([1, 2]),
  "a starmap": (_, app) =>
    mapped(app).starmap([
      [1, 2],
      [3, 4],
    ]),
  chunks: (_, app) =>
    mapped(app).chunks(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      2,
    ),
  "a clone that is immutable": (t) => t("a", 1).clone([], { immutable: true }),
  "an immutable clone in a chain, a group and a chord": (t) =>
    group(
      chain(t("a").clone([], { immutable: true }), t("b")),
      chord([t("c").clone([], { immutable: true }), t("d")], t("e")),
    ),
  "tasks and workflows with properties": (t) =>
    group(
      t("a").set({ properties: { colour: "red" } }),
      chain(t("b").set({ properties: { colour: "red" } }), t("c")).set({ properties: { size: 1 } }),
    ),
  "a chord with properties": (t) =>
    chord([t("a").set({ properties: { colour: "red" } }), t("b")], t("c")).set({ properties: { size: 1 } }),
  "clones with arguments": (t) => group(chain(t("a"), t("b")).clone([7]), chord([t("c")], t("d")).clone([7])),
  "a chord whose body is an empty group": (t) => chord([t("a"), t("b")], group()),
  "a group of tasks and chords": (t) =>
    group(t("a"), chord([t("b"), t("c")], t("d")), t("e"), chain(group(t("f"), t("g")), t("h")), t("i")),
  "chords in a chord in a chain with errbacks": (t) =>
    failing(chain(t("a"), chord([chord([t("b"), t("c")], t("d")), t("e")], t("f"))), t),
  "a chord with errbacks, of its header too": (t) =>
    failing(chord([t("a"), group(t("b"), t("c")), chain(t("d"), t("e")), chord([t("f")], t("g"))], t("h")), t),
};

/** Those that are made with `taskAllowErrorCbOnChordHeader`. */
export const WITH_HEADER = new Set(["a chord with errbacks, of its header too"]);
/** Whose messages are those that Celery sends for the workflow of that name: it reverses a group in a header. @type {typeof WORKFLOWS} */
export const AS_SENT = {
  "a group in a chord": (t) => chord([t("a"), group(t("c"), t("b"))], t("d")),
  "a chord with errbacks, of its header too": (t) =>
    failing(chord([t("a"), group(t("c"), t("b")), chain(t("d"), t("e")), chord([t("f")], t("g"))], t("h")), t),
};

/**
 * @param {Signature} signature
 * @param {Make} t
 */
function linked(signature, t) {
  signature.link(t("callback"));
  return failing(signature, t);
}

/**
 * @param {Signature} signature
 * @param {Make} t
 */
function failing(signature, t) {
  signature.linkError(t("errback"));
  return signature;
}

/** @param {Signature} signature */
const stamped = (signature) => signature.stamp({ tenant: "shop" });

/**
 * @param {Signature} signature
 * @param {string} spelling of the member that says which values are stamps
 */
const named = (signature, spelling) =>
  signature.stamp(
    {},
    {
      visitor: {
        onSignature: () => ({ mark: 1, colour: "red", shadow: "other", [spelling]: ["mark"] }),
        onCallback: () => ({ mark: 2, size: 3, [spelling]: ["mark"] }),
      },
    },
  );

/** @param {Celery} app */
const mapped = (app) =>
  app.tasks.has("flow.a")
    ? app.tasks.get("flow.a")
    : app.task("flow.a", { typing: false }, (/** @type {unknown[]} */ ...args) => args);
