/**
 * Loads amqplib, which only users of RabbitMQ install, with the first connection. Its types, as far as this
 * folder uses them.
 */
import { isIP } from "node:net";
import { ImproperlyConfigured } from "../../errors.js";

/** Not a literal in `import()`, because bundlers of apps on Redis would look for the package. Webpack needs its own comment. */
const PACKAGE = "amqplib";
/** The largest frame: all headers of a message have to fit into one. */
const FRAME_MAX = 131_072;
/** How long a connection may be idle before the system probes the other side. */
const KEEPALIVE_DELAY_MS = 30_000;

/**
 * @typedef {Record<string, unknown>} Table
 *
 * @typedef {object} AmqpMessage
 * @property {{ deliveryTag: number, redelivered: boolean, exchange: string, routingKey: string, consumerTag?: string, messageCount?: number }} fields
 * @property {Table & { headers?: Table }} properties
 * @property {Buffer} content
 *
 * @typedef {{ queue: string, messageCount: number, consumerCount: number }} QueueOk
 *
 * @typedef {import("node:events").EventEmitter & {
 *   assertQueue(queue: string, options: Table): Promise<QueueOk>,
 *   checkQueue(queue: string): Promise<QueueOk>,
 *   deleteQueue(queue: string): Promise<unknown>,
 *   purgeQueue(queue: string): Promise<{ messageCount: number }>,
 *   bindQueue(queue: string, exchange: string, key: string): Promise<unknown>,
 *   assertExchange(exchange: string, type: string, options: Table): Promise<unknown>,
 *   checkExchange(exchange: string): Promise<unknown>,
 *   bindExchange(destination: string, source: string, key: string): Promise<unknown>,
 *   publish(exchange: string, key: string, content: Buffer, options: Table, done?: (error: Error | null) => void): boolean,
 *   prefetch(count: number, forAllConsumers?: boolean): Promise<unknown>,
 *   consume(queue: string, onMessage: (message: AmqpMessage | null) => void, options: Table): Promise<{ consumerTag: string }>,
 *   cancel(consumerTag: string): Promise<unknown>,
 *   get(queue: string, options: Table): Promise<AmqpMessage | false>,
 *   ack(message: AmqpMessage): void,
 *   nack(message: AmqpMessage, allUpTo: boolean, requeue: boolean): void,
 *   close(): Promise<void>,
 * }} Channel
 *
 * @typedef {import("node:events").EventEmitter & {
 *   createChannel(): Promise<Channel>,
 *   createConfirmChannel(): Promise<Channel>,
 *   close(): Promise<void>,
 *   connection: { stream: import("node:net").Socket, serverProperties: Table,
 *     heartbeater?: { sendTimer?: NodeJS.Timeout, recvTimer?: NodeJS.Timeout } | null },
 * }} Model a connection
 *
 * @typedef {{ connect(url: Table, options: Table): Promise<Model> }} Driver
 */

/** @type {Promise<Driver> | null} */
let loading = null;

/** @returns {Promise<Driver>} */
function loadDriver() {
  loading ??= import(/* webpackIgnore: true */ /* turbopackIgnore: true */ PACKAGE).then(
    (module) => module.default ?? module,
    (cause) => {
      loading = null;
      throw new ImproperlyConfigured(
        "RabbitMQ (amqp://) needs the package amqplib, which is not installed: npm install amqplib",
        {
          cause,
        },
      );
    },
  );
  return loading;
}

/**
 * @param {import("./url.js").AmqpAddress} address
 * @param {{ name: string, heartbeatS: number, connectTimeoutMs: number }} options `name`: shown by `rabbitmqctl list_connections`
 * @returns {Promise<Model>} an open connection, with the handshake done
 * @throws {ImproperlyConfigured} without amqplib
 */
export async function dial({ host, port, vhost, username, password, tls }, { name, heartbeatS, connectTimeoutMs }) {
  const driver = await loadDriver();
  const url = { hostname: host, port, username, password, vhost: encodeURIComponent(vhost) };
  const { checkHostname = true, ...secure } = tls ?? {};
  return driver.connect(
    { ...url, protocol: tls ? "amqps" : "amqp", heartbeat: heartbeatS, frameMax: FRAME_MAX },
    {
      ...secure,
      ...(checkHostname ? {} : { checkServerIdentity: () => undefined }),
      ...(tls && !isIP(host) && { servername: host }),
      timeout: connectTimeoutMs,
      noDelay: true,
      keepAlive: true,
      keepAliveDelay: KEEPALIVE_DELAY_MS,
      clientProperties: { connection_name: name },
    },
  );
}

/**
 * @param {Model} model
 * @returns {number} the server's major version; 0 if it does not say
 */
export const majorVersion = ({ connection }) => Number.parseInt(String(connection.serverProperties?.version), 10) || 0;
