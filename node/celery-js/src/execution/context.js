/** What a task reads as `self.request` (celery.app.task.Context). */

/** @typedef {{ asTuple: () => unknown }} Child a result of a task that this one sent */

/**
 * Celery's Context in camelCase. The contents of `headers`, `properties`, `deliveryInfo` and `stamps` stay as they were
 * on the wire; only `properties.delivery_tag` is the tag of this delivery, as in Celery. The sender's own headers are fields too,
 * unless they have the name of another one.
 */
export class Context {
  calledDirectly = false;

  /**
   * @param {Pick<import("./request.js").Request, "message" | "timeLimits" | "delivery">} request
   * @param {{ hostname: string, isEager: boolean, children: Child[] }} run
   */
  constructor({ message, timeLimits, delivery }, { hostname, isEager, children }) {
    this.isEager = isEager;
    this.id = message.id;
    this.task = message.name;
    this.args = message.args;
    this.kwargs = message.kwargs;
    this.retries = message.retries;
    this.eta = message.eta;
    this.expires = message.expires;
    this.rootId = message.rootId ?? message.id;
    this.parentId = message.parentId;
    this.group = message.group;
    this.groupIndex = message.groupIndex;
    this.callbacks = message.embed.callbacks;
    this.errbacks = message.embed.errbacks;
    this.chain = message.embed.chain;
    this.chord = message.embed.chord;
    this.shadow = message.shadow;
    this.origin = message.origin;
    this.replyTo = message.replyTo;
    this.correlationId = message.correlationId;
    this.headers = message.headers;
    this.properties = { ...message.properties, delivery_tag: delivery.tag };
    this.deliveryInfo = message.deliveryInfo;
    this.hostname = hostname;
    this.ignoreResult = message.ignoreResult;
    /** The limits in the message, hard and soft. */
    this.timelimit = message.timelimit;
    /** The limits in force: the message's, else the task's, else the settings'. */
    this.timeLimit = timeLimits[0];
    this.softTimeLimit = timeLimits[1];
    this.stampedHeaders = message.stampedHeaders;
    this.stamps = message.stamps;
    this.replacedTaskNesting = message.replacedTaskNesting;
    /** Whether its times are UTC, by a message of protocol 1; null for protocol 2, whose times have a zone. */
    this.utc = message.utc;
    this.children = children;
    for (const name in message.headers) if (!(name in this)) Reflect.set(this, name, message.headers[name]);
  }
}
