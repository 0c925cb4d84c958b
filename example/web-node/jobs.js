/** The jobs of sessions. A job starts only once per key, belongs to its session, and can be cancelled and resumed. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TimeoutError } from "jobs-client";
import { Refusal } from "./guard.js";
import { newRecord } from "./store.js";
import { idsOf, isOver, wordFor } from "./view.js";
import { apologyOf, jobOf, mailTasksOf, newSteps, resumedRecord, send } from "./workflow.js";

/**
 * @typedef {import("./store.js").JobRecord} JobRecord
 * @typedef {{ session: string, key?: string, kind: import("./store.js").Kind, body: object }} Post
 */

const WAIT_S = 5;
const WORKERS_ANSWER_WITHIN_MS = 2000;
const STOPPED = new Set(["failed", "cancelled"]);

/**
 * Sends a task and waits `WAIT_S` seconds for its result. The task expires after the same time.
 *
 * @template R
 * @param {import("jobs-client").Signature<R>} call
 * @returns {Promise<R>}
 */
export async function answerOf(call) {
  const sent = await call.applyAsync({ expires: WAIT_S });
  try {
    return await sent.get({ timeout: WAIT_S });
  } catch (/** @type {any} */ error) {
    if (error.name === "FileNotFoundError") throw new Refusal(410, "gone", error.message);
    // A worker that takes it too late revokes it.
    if (!(error instanceof TimeoutError) && error.name !== "TaskRevokedError") throw error;
    throw new Refusal(504, "too-long", `The workers did not answer within ${WAIT_S} s`, { job: sent.id });
  }
}

export class Jobs {
  /** @type {Map<string, Promise<any>>} by what they do and for which request */
  #running = new Map();

  /**
   * @param {import("./workflow.js").Tasks} tasks
   * @param {import("./store.js").Store} store
   * @param {import("./follow.js").Follower} follower
   */
  constructor(tasks, store, follower) {
    this.tasks = tasks;
    this.store = store;
    this.follower = follower;
  }

  /**
   * @param {Post} post
   * @param {(record: JobRecord) => Promise<JobRecord>} fill completes and stores a new record, and returns the stored one
   * @returns {Promise<JobRecord>} the record of a POST; for a repeated one with the same Idempotency-Key, the first one's
   */
  async once(post, fill) {
    const made = newRecord(post);
    // A repeated POST waits for the first one, which may fail: then there is no job.
    const record = await this.#singleFlight(
      `${made.id} ${made.hash}`,
      async () => (await this.store.read(made.session, made.id)) ?? (await fill(made)),
    );
    if (record.hash === made.hash) return record;
    throw new Refusal(422, "key-reused", "This Idempotency-Key was used with another body: use a new key", {
      field: "Idempotency-Key",
    });
  }

  /**
   * Starts a job. If this process dies before sending it, the job stays waiting, and its user can cancel it.
   *
   * @param {Post} post
   * @param {(record: JobRecord) => Promise<Record<string, any>>} given checks what the job needs, and returns what its tasks take
   * @returns {Promise<JobRecord>}
   */
  start(post, given) {
    return this.once(post, async (record) => {
      record.given = await given(record);
      record.steps = newSteps(record);
      const stored = await this.store.create(record);
      if (stored !== record) return stored;
      try {
        if (record.kind === "training") await this.#refuseSecondTraining(record);
        await this.#send(record);
      } catch (error) {
        await this.store.remove(record);
        this.follower.forget(record);
        throw error;
      }
      return record;
    });
  }

  /**
   * Sends a job again from the first unfinished step; only once, even if asked several times. A repeated POST with the same
   * Idempotency-Key changes nothing, even if the job has stopped again since.
   *
   * @param {JobRecord} stopped
   * @param {string | undefined} key
   * @returns {Promise<void>}
   */
  resume(stopped, key) {
    return this.#singleFlight(`${stopped.id} ${key ?? randomUUID()}`, async () => {
      if (key === undefined || stopped.resumedBy !== key) await this.#resume(stopped, key);
    });
  }

  /** @param {JobRecord} stopped @param {string | undefined} key */
  async #resume(stopped, key) {
    const job = await this.follower.view(stopped);
    if (!STOPPED.has(job.state)) {
      const message = `This job is ${job.state}: only a failed or cancelled job can be resumed`;
      throw new Refusal(409, "not-failed", message);
    }
    const place = job.steps.findIndex((step) => step.state !== "done");
    const record = resumedRecord(stopped, place, key);
    const claimed = await this.store.resume(stopped.unsent ?? stopped.steps[place].taskId, record);
    if (!claimed) return;
    try {
      await this.#sendResumed(claimed, place, record.resumedAt);
    } catch (error) {
      const restored = { ...stopped, final: job, unsent: claimed.steps[place].taskId };
      await this.store.save(restored);
      this.follower.forget(restored);
      throw error;
    }
    // The apology for the failed step may still be retrying, so withdraw it.
    if (record.kind === "workflow") await this.store.withdraw(apologyOf(stopped));
  }

  /** @param {JobRecord} claimed @param {number} place @param {string | undefined} resumedAt */
  async #sendResumed(claimed, place, resumedAt) {
    // Another training may have begun since a killed server claimed this one.
    if (claimed.kind === "training") await this.#refuseSecondTraining({ ...claimed, resumedAt });
    await this.#send(claimed, place);
  }

  /**
   * Stops a job at any moment: workers drop its tasks that wait, and `terminate` ends the one that runs. A mail that is being sent
   * can no longer be cancelled: it goes on, also by retries, and the job ends as the mail does.
   *
   * @param {JobRecord} record
   * @throws {Refusal} for such a mail
   */
  async cancel(record) {
    if (record.final) return;
    const mails = mailTasksOf(record);
    for (const id of mails) {
      if (await this.store.withdraw(id)) continue;
      throw new Refusal(409, "being-sent", "The mail is being sent, so it can no longer be cancelled");
    }
    await this.store.save({ ...record, cancelled: true });
    const followed = await this.follower.follow(record);
    const ids = [...record.steps.flatMap(idsOf), apologyOf(record)];
    const unfinished = ids.filter((id) => !isOver(wordFor(followed.states.get(id))));
    await Promise.all(unfinished.map((id) => this.store.markAsCancelled(id)));
    try {
      await Promise.all(unfinished.map((id) => jobOf(this.tasks, id).revoke({ terminate: !mails.includes(id) })));
    } catch (error) {
      // The jobs' server may be away, but tasks that no worker has will not run.
      await this.follower.showCancelled(followed);
      throw error;
    }
    // Workers report what became of each task. A job that no worker has is cancelled without them.
    await Promise.race([followed.ended, sleep(WORKERS_ANSWER_WITHIN_MS)]);
    await this.follower.showCancelled(followed);
  }

  /** Jobs of other sessions count as missing. @param {string} session @param {string} id @returns {Promise<JobRecord>} */
  async find(session, id) {
    const record = await this.store.read(session, id);
    if (!record?.steps.length) throw new Refusal(404, "not-found", "There is no such job");
    return record;
  }

  /**
   * @param {string} session
   * @param {string} field
   * @param {string} text the name that the job's answer gave: a dataset's or a model's name, which ends with the job's id,
   *   or the id alone
   * @param {string[]} kinds
   * @returns {Promise<JobRecord>}
   * @throws {Refusal} naming the field
   */
  async requireDone(session, field, text, ...kinds) {
    const record = await this.store.read(session, text.slice(-36));
    const isKind = record !== null && kinds.includes(record.kind) && text === nameOf(record);
    if (isKind && (record.kind === "dataset" || (await this.follower.view(record)).state === "done")) return record;
    throw new Refusal(422, "invalid", `There is no such ${field}, or it is not finished`, { field });
  }

  /**
   * Runs something once for all requests that ask for it at the same time.
   *
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  #singleFlight(name, run) {
    const running = this.#running.get(name) ?? run().finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  /**
   * Sends the steps from a place on. After an error, some may have been sent all the same, so all are cancelled.
   *
   * @param {JobRecord} record
   * @param {number} [place]
   */
  async #send(record, place = 0) {
    try {
      await send(this.tasks, record, place);
    } catch (error) {
      const ids = record.steps.slice(place).flatMap(idsOf);
      await Promise.all(mailTasksOf(record).map((id) => this.store.withdraw(id)));
      await Promise.all(ids.map((id) => this.store.markAsCancelled(id)));
      throw error;
    }
  }

  /** @param {JobRecord} record */
  async #refuseSecondTraining(record) {
    for (const other of await this.store.list(record.session)) {
      // Of two simultaneous ones, the older one runs.
      const isOlder = startOf(other) < startOf(record);
      const job = other.kind === "training" && isOlder ? await this.follower.view(other) : undefined;
      if (job && !isOver(job.state))
        throw new Refusal(409, "running", "One of your trainings is running: wait for it, or cancel it", { job });
    }
  }
}

/** @param {JobRecord} record @returns {string} when it was started or resumed, for comparisons */
const startOf = ({ createdAt, resumedAt = createdAt, id }) => `${resumedAt} ${id}`;

/** @type {Record<string, string>} */
const NAMED = { dataset: "dataset", training: "model" };

/** The name by which later jobs refer to this job's result. @param {JobRecord} record @returns {string} */
const nameOf = ({ id, kind, given }) => (kind in NAMED ? given[NAMED[kind]] : id);
