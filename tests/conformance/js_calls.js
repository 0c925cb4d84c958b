/** All that a client does with its server: for a client with few rights, and for a task that is a client. */
import { chord, group } from "./celery-js.js";

/**
 * @param {import("./celery-js.js").Celery} app
 * @param {{ ledger: string, queue: string }} given a file that tasks write; the queue and exchange
 * @returns {Promise<Record<string, unknown>>} what came back
 */
export async function makeCalls(app, { ledger, queue }) {
  const wait = { timeout: 15, disableSyncSubtasks: false };
  const call = (name, ...args) => app.signature(`conformance.${name}`, args, { queue });
  const add = call("basic.add", 1, 2);
  const collect = call("canvas.collect");

  const first = await add.applyAsync();
  const sum = await first.get(wait);
  const state = await first.state;
  await first.forget();
  const bound = await app.sendTask("conformance.basic.add", [2, 2], {
    exchange: queue,
    routingKey: queue,
  });
  await app.sendTask("py_workers.add", [1, 2], { queue: "py-queue" });
  const parts = await group(add, add).applyAsync();
  await parts.save();
  const restored = await (await app.restoreGroup(parts.id))?.join(wait);
  await parts.delete();
  const extended = await chord(
    [add, call("canvas.extend", add)],
    call("canvas.count", ledger, "extended"),
  ).applyAsync();
  const failing = chord([chord([add, call("errors.fail", "no")], collect), add], collect);
  failing.linkError(call("work.note", [ledger, "failed"]).set({ immutable: true }));
  const failed = await failing.applyAsync();
  const pongs = await app.control.ping({ timeout: 2 });
  await app.control.revoke(first.id);
  return {
    sum,
    state,
    bound: await bound.get(wait),
    restored,
    extended: (await extended.get(wait)).length,
    failed: await failed.get({ ...wait, propagate: false }).then(({ name }) => name),
    pongs: pongs.length,
  };
}
