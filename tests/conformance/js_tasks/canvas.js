/** What workflows are made of; a signature that a task gets is Celery's dict of one. */
import { chain, group, Reject, signature, task } from "../celery-js.js";
import { append } from "../ledger.js";

export const tsum = (numbers) => numbers.reduce((sum, n) => sum + n, 0);

export const collect = (...args) => args;

/** Where it stands in a workflow, and what it was given. */
export const place = task({ bind: true }, (self, ...args) => {
  const { id, rootId, parentId, group, groupIndex, replacedTaskNesting, stamps, stampedHeaders } = self.request;
  const { headers, deliveryInfo } = self.request;
  return {
    args,
    id,
    root_id: rootId,
    parent_id: parentId,
    group,
    group_index: groupIndex,
    nesting: replacedTaskNesting,
    stamps,
    stamped_headers: (stampedHeaders ?? []).toSorted(),
    headers,
    priority: deliveryInfo.priority,
  };
});

export const stamps_after_retry = task({ bind: true }, (self) => {
  if (self.request.retries === 0) self.retry({ countdown: 0.2 });
  return { stamps: self.request.stamps };
});

export const replace = task({ bind: true }, (self, dictOf) => self.replace(signature(dictOf)));

export const replace_by_nothing = task({ bind: true }, (self) => self.replace(chain()));

/** Add a task to the chord that this one is a part of. */
export const extend = task({ bind: true }, async (self, dictOf) => {
  await self.addToChord(signature(dictOf));
  return "extended";
});

/** Send a workflow, and return where its result will be. */
export const apply = (dictOf) => signature(dictOf).applyAsync();

/** Build a workflow in the worker, and send it. */
export const build = task({ bind: true }, ({ app }, name, queue, numbers) => {
  const parts = numbers.map((n) => app.signature(name, [n, n], { queue }));
  return chain(group(parts), app.signature("conformance.canvas.tsum", [], { queue })).applyAsync();
});

/** Return a workflow as data. */
export const give_back = (dictOf) => signature(dictOf);

/** An errback that is called in the worker. */
export const on_failure = (request, error, traceback, ledger) =>
  append(ledger, request.id, `${error.constructor.name}: ${error.message}${traceback ? " (traceback)" : ""}`);

/** An errback that is sent: it would take two arguments, of which the signature holds one. */
export const on_failed_id = (taskId, ledger) => append(ledger, taskId, "sent");

/** Note each run. */
export function count(value, ledger, label) {
  append(ledger, "ran", label);
  return value;
}

export function reject() {
  throw new Reject("not here");
}
