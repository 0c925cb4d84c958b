/** What a task sees of the message that it came with. */
import { task } from "../celery-js.js";

const FIELDS = [
  ...["id", "task", "args", "kwargs", "retries", "eta", "expires", "rootId", "parentId", "group", "groupIndex"],
  ...["callbacks", "errbacks", "chain", "chord", "shadow", "origin", "replyTo", "correlationId", "headers"],
  ...["properties", "deliveryInfo", "hostname", "ignoreResult", "stampedHeaders", "stamps", "replacedTaskNesting"],
  ...["calledDirectly", "isEager", "timelimit", "utc"],
];

const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const show = task({ bind: true }, (self, _x, { y: _y = null } = {}) =>
  Object.fromEntries(FIELDS.map((field) => [snakeCase(field), self.request[field]])),
);

/** Where it stands in a workflow, and what it was given. */
export const lineage = task({ bind: true }, (self, result) => {
  const { id, rootId, parentId } = self.request;
  return { result, id, root_id: rootId, parent_id: parentId };
});

/** What is stored of the task before it in a chain. */
export const state_of_parent = task(
  { bind: true },
  (self, _result) => self.app.AsyncResult(String(self.request.parentId)).state,
);

export const show_after_retry = task({ bind: true }, (self) => {
  if (self.request.retries === 0) self.retry({ countdown: 0.2 });
  return { headers: self.request.headers, retries: self.request.retries };
});
