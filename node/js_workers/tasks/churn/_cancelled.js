/** Tasks that were cancelled while no worker was there to receive the command. */
import { Ignore } from "celery-js";
import { exists } from "./_files.js";

/**
 * Ends a task that is to be revoked, before it does anything. A worker that was away did not receive the command, so the web
 * server leaves a file, too.
 *
 * @param {import("celery-js").BoundTask} self
 * @throws {Ignore} if the task was cancelled; its state is REVOKED
 */
export async function leaveIfCancelled(self) {
  if (!(await exists(`cancelled-${self.request.id}`))) return;
  const error = { exc_type: "TaskRevokedError", exc_message: ["cancelled"], exc_module: "celery.exceptions" };
  await self.updateState("REVOKED", error);
  throw new Ignore("cancelled");
}
