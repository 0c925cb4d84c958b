/** What public methods refuse, before anything is sent: each says the method, what was wrong and what it takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery, chain, chord, group, signature } from "../../src/index.js";

const app = new Celery("shop");
const add = app.task("add", {}, (/** @type {number} */ x, /** @type {number} */ y) => x + y);
const result = app.AsyncResult("id1");
const results = app.GroupResult("group1", [result]);
const { control } = app;
/** What the types refuse already. @type {any} */
const any = (/** @type {unknown} */ value) => value;

const nothing = (/** @type {unknown} */ value) => /** @type {never[]} */ (any([value]));

/** @type {ReadonlyArray<[message: string, call: () => unknown]>} */
const CALLS = [
  ["get(): the options must be an object, such as { timeout: ... }, not 1", () => result.get(any(1))],
  ["get(): the options must be an object, such as { timeout: ... }, not null", () => result.get(any(null))],
  [
    "get(): the options must be an object, such as { timeout: ... }, not an AbortSignal",
    () => result.get(any(new AbortController().signal)),
  ],
  ["get(): unknown option 'timout'; did you mean 'timeout'?", () => result.get(any({ timout: 1 }))],
  ["get(): option 'timeout' takes a number of seconds, 0 or more, not -1", () => result.get({ timeout: -1 })],
  [
    "get(): option 'signal' takes an AbortSignal, not an AbortController",
    () => result.get({ signal: any(new AbortController()) }),
  ],
  ["join(): unknown option 'timout'; did you mean 'timeout'?", () => results.join(any({ timout: 1 }))],
  ["get(): the options must be an object, such as { timeout: ... }, not 1", () => results.get(any(1))],
  ["iterate(): unknown option 'timout'; did you mean 'timeout'?", () => results.iterate(any({ timout: 1 })).next()],
  [
    "collect(): unknown option 'intermediat'; did you mean 'intermediate'?",
    () => result.collect(any({ intermediat: true })).next(),
  ],
  ["revoke(): the options must be an object, such as { terminate: ... }, not true", () => result.revoke(any(true))],
  ["revoke(): unknown option 'terminat'; did you mean 'terminate'?", () => results.revoke(any({ terminat: true }))],
  ["forget() takes nothing, not an object", () => result.forget(...nothing({ a: 1 }))],
  ["forget() takes nothing, not true", () => results.forget(...nothing(true))],
  ["AsyncResult(): the task id must be a non-empty string, not 5", () => app.AsyncResult(any(5))],
  ["GroupResult(): the results must be a list of results, not 5", () => app.GroupResult("id", any(5))],
  ["restoreGroup(): the group's id must be a non-empty string, not undefined", () => app.restoreGroup(any(undefined))],
  ["js.x: the options must be an object, such as { kwargs: ... }, not null", () => app.sendTask("js.x", [], any(null))],
  [
    "js.x: option 'priority' takes a whole number from 0 to 9, not 99",
    () => app.sendTask("js.x", [], { priority: 99 }),
  ],
  ["js.x: unknown option 'countdwn'; did you mean 'countdown'?", () => app.sendTask("js.x", [], any({ countdwn: 1 }))],
  ["js.x: option 'link' takes a signature, or a list of them, not 5", () => app.sendTask("js.x", [], { link: 5 })],
  ["add: the options must be an object, such as { kwargs: ... }, not 5", () => add.applyAsync([1, 2], any(5))],
  ["add: the options must be an object, such as { kwargs: ... }, not null", () => add.apply([1, 2], any(null))],
  ["sendTasks() takes an array or another iterable of tasks, not 5", () => app.sendTasks(any(5))],
  [
    "sendTasks: element 0: js.x: unknown option 'qeue'; did you mean 'queue'?",
    () => app.sendTasks([["js.x", [], any({ qeue: "q" })]]),
  ],
  ["js.x: unknown option 'kwarg'; did you mean 'kwargs'?", () => app.signature("js.x", [], any({ kwarg: {} }))],
  ["add: option 'immutable' takes true or false, not 1", () => add.signature([], { immutable: any(1) })],
  ["add: unknown option 'qeue'; did you mean 'queue'?", () => add.s(1).set(any({ qeue: "q" }))],
  ["add: the arguments must be an array, not 5", () => add.s(1).clone(any(5))],
  ["add: stamp(): unknown option 'append'", () => add.s(1).stamp({ a: 1 }, any({ append: true }))],
  ['signature() must be a signature, such as add.s(1, 2), not "add"', () => signature("add")],
  ["chain(): element 1 must be a signature, such as add.s(1, 2), not a Task", () => chain(add.s(1), any(add))],
  ["group(): element 0 must be a signature, such as add.s(1, 2), not 1", () => group(any([1]))],
  [
    "chord(): the body must be a signature, such as add.s(1, 2), not an object",
    () => chord([add.s(1)], any({ body: add.s() })),
  ],
  [
    "chain: unknown option 'contdown'; did you mean 'countdown'?",
    () => chain(add.s(1, 1), add.s(1)).applyAsync([], any({ contdown: 1 })),
  ],
  [
    "group: the options must be an object, such as { kwargs: ... }, not 1",
    () => group(add.s(1, 1)).applyAsync([], any(1)),
  ],
  ["chord: the arguments must be an array, not 1", () => chord([add.s(1, 1)], add.s()).applyAsync(any(1))],
  ["link(): the callback must be a signature, such as add.s(1, 2), not a Task", () => add.s(1).link(any(add))],
  [
    'linkError(): the errback must be a signature, such as add.s(1, 2), not "add"',
    () => add.s(1).linkError(any("add")),
  ],
  ["onError(): the errback must be a signature, such as add.s(1, 2), not 5", () => group(add.s(1)).onError(any(5))],
  ["chord(): after the body, it takes nothing, not an object", () => chord([add.s(1)], add.s(), ...nothing({ a: 1 }))],
  ["AsyncResult(): after the id, it takes nothing, not an object", () => app.AsyncResult("id1", ...nothing({ a: 1 }))],
  ["ping() takes nothing, not an object", () => control.inspect().ping(...nothing({ timeout: 1 }))],
  ['activeQueues() takes nothing, not "w1"', () => control.inspect().activeQueues(...nothing("w1"))],
  [
    "revoke(): option 'signal' takes the name of a signal, such as SIGTERM or TERM, not \"SIGFOO\"",
    () => result.revoke({ terminate: true, signal: "SIGFOO" }),
  ],
  ["map() takes an array or another iterable of arguments, not 5", () => add.map(any(5))],
  ["revoke(): the task id must be a string or a list of strings, not 5", () => control.revoke(any(5))],
  [
    "revoke(): unknown option 'destinations'; did you mean 'destination'?",
    () => control.revoke("id", any({ destinations: [] })),
  ],
  ["terminate(): unknown option 'terminate'", () => control.terminate("id", any({ terminate: false }))],
  ["ping(): the options must be an object, such as { destination: ... }, not 1", () => control.ping(any(1))],
  [
    "ping(): option 'timeout' takes a number of seconds, 0 or more, not \"1\"",
    () => control.ping({ timeout: any("1") }),
  ],
  [
    "rateLimit(): the task's name must be a non-empty string, not undefined",
    () => control.rateLimit(any(undefined), 1),
  ],
  [
    "timeLimit(): the limits: the options must be an object, such as { soft: ... }, not 5",
    () => control.timeLimit("add", any(5)),
  ],
  ["addConsumer(): the queue must be a non-empty string, not an object", () => control.addConsumer(any({}))],
  [
    "addConsumer(): option 'exchange' takes a non-empty string, not an object",
    () => control.addConsumer("q", { exchange: any({}) }),
  ],
  ['poolGrow(): the number must be a whole number, 0 or more, not "2"', () => control.poolGrow(any("2"))],
  ["poolRestart(): unknown option 'relod'; did you mean 'reload'?", () => control.poolRestart(any({ relod: true }))],
  [
    "shutdown(): unknown option 'destinaton'; did you mean 'destination'?",
    () => control.shutdown(any({ destinaton: ["a"] })),
  ],
  [
    "inspect(): unknown option 'destinaton'; did you mean 'destination'?",
    () => control.inspect(any({ destinaton: ["a"] })),
  ],
  ["active(): unknown option 'save'; did you mean 'safe'?", () => control.inspect().active(any({ save: true }))],
  ["worker(): the options must be an object, such as { queues: ... }, not 5", () => app.worker(any(5))],
  ["unknown worker option 'concurency'; did you mean 'concurrency'?", () => app.worker(any({ concurency: 1 }))],
  ["receiver(): the options must be an object, such as { handlers: ... }, not 5", () => app.events.receiver(any(5))],
  [
    "controlCommand(): the options must be an object, such as { type: ... }, not 5",
    () => app.controlCommand("x", () => 1, any(5)),
  ],
  ["task(): the options must be an object, such as { bind: ... }, not 5", () => app.task("y", any(5), () => 1)],
  ["autodiscoverTasks(): prefix must be a string, not undefined", () => app.autodiscoverTasks("tasks", any({}))],
  ["settings: the options must be an object, such as { brokerUrl: ... }, not null", () => new Celery("x", any(null))],
  ["new Celery(): the app's name must be a non-empty string, not an object", () => new Celery(any({}))],
];

for (const [message, call] of CALLS) {
  test(message, async () => {
    // Thrown or rejected: either way before anything is waited for.
    await assert.rejects(
      async () => call(),
      (/** @type {Error} */ error) => {
        assert.equal(error.message, message);
        return ["TypeError", "ImproperlyConfigured"].includes(error.name);
      },
    );
  });
}
