/** Hears the events on a server, as they are on the wire. */
import { Redis } from "ioredis";
import { waitUntil } from "./wait.js";

/**
 * @typedef {object} Heard
 * @property {string} channel
 * @property {any} message the envelope
 * @property {any[]} events
 */

/** @param {string} url */
export async function listenForEvents(url) {
  const redis = new Redis(url);
  /** @type {Heard[]} */
  const heard = [];
  redis.on("pmessage", (_pattern, channel, text) => {
    const message = JSON.parse(text);
    const body = JSON.parse(Buffer.from(message.body, "base64").toString());
    heard.push({ channel, message, events: [body].flat() });
  });
  await redis.psubscribe("/0.celeryev/*");
  const all = () => heard.flatMap(({ events }) => events);
  return {
    heard,
    all,
    /**
     * @param {string} type
     * @param {string} [uuid] of the task
     */
    next: (type, uuid) =>
      waitUntil(() => all().find((event) => event.type === type && (uuid === undefined || event.uuid === uuid)), {
        what: `${type}, after ${all().map((event) => event.type)}`,
      }),
    /** @param {string} uuid */
    of: (uuid) =>
      all()
        .filter((event) => event.uuid === uuid)
        .map(({ type }) => type),
    forget: () => void heard.splice(0),
    close: () => redis.disconnect(),
  };
}
