/**
 * A port that speaks AMQP with amqplib's own codec, and answers what a broker would: for what RabbitMQ cannot be made to do, such
 * as to fall silent in the middle of a connection. It keeps no messages.
 */
import { once } from "node:events";
import { createRequire } from "node:module";
import net from "node:net";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const lib = join(dirname(require.resolve("amqplib")), "lib");
const defs = require(join(lib, "defs.js"));
const frames = require(join(lib, "frame.js"));

/**
 * @typedef {object} Peer one connection of a client
 * @property {string} name
 * @property {net.Socket} socket
 * @property {boolean} isDeaf reads nothing any more, as RabbitMQ does with a blocked connection that has published
 * @property {string[]} methods what it has sent, by name
 * @property {(method: string, fields: Record<string, unknown>, channel?: number) => void} send
 *
 * @typedef {object} AmqpServer
 * @property {string} url
 * @property {Peer[]} peers all there were, oldest first
 * @property {Set<string>} silent methods that are not answered
 * @property {Map<string, string>} refused methods that are refused with a text, which closes the channel
 * @property {(peer: Peer, method: string, fields: Record<string, any>, channel: number) => void} onMethod called for each method
 * @property {(name: string) => Peer | undefined} latest the newest connection whose name contains the text
 * @property {() => Promise<void>} close
 */

/** The answers of a broker that accepts everything. @type {Record<string, (fields: any) => [string, Record<string, unknown>]>} */
const ANSWERS = {
  ConnectionOpen: () => ["ConnectionOpenOk", {}],
  ConnectionClose: () => ["ConnectionCloseOk", {}],
  ChannelOpen: () => ["ChannelOpenOk", {}],
  ChannelClose: () => ["ChannelCloseOk", {}],
  ExchangeDeclare: () => ["ExchangeDeclareOk", {}],
  ExchangeBind: () => ["ExchangeBindOk", {}],
  QueueDeclare: ({ queue }) => ["QueueDeclareOk", { queue, messageCount: 0, consumerCount: 0 }],
  QueueBind: () => ["QueueBindOk", {}],
  QueuePurge: () => ["QueuePurgeOk", { messageCount: 0 }],
  BasicQos: () => ["BasicQosOk", {}],
  BasicConsume: ({ consumerTag, queue }) => ["BasicConsumeOk", { consumerTag: consumerTag || `tag-${queue}` }],
  BasicCancel: ({ consumerTag }) => ["BasicCancelOk", { consumerTag }],
  ConfirmSelect: () => ["ConfirmSelectOk", {}],
};

/** @returns {Promise<AmqpServer>} */
export async function startAmqpServer() {
  const listening = net.createServer((socket) => serve(server, socket));
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = /** @type {net.AddressInfo} */ (listening.address());
  /** @type {AmqpServer} */
  const server = {
    url: `amqp://guest:guest@127.0.0.1:${port}//`,
    peers: [],
    silent: new Set(),
    refused: new Map(),
    onMethod: () => {},
    latest: (name) => server.peers.findLast((peer) => peer.name.includes(name)),
    close: async () => {
      listening.close();
      for (const { socket } of server.peers) socket.destroy();
    },
  };
  return server;
}

/**
 * Sends a task to a consumer.
 *
 * @param {Peer} peer
 * @param {{ channel: number, consumerTag: string, deliveryTag: number, task: string, id: string }} delivery
 */
export function deliverTask(peer, { channel, consumerTag, deliveryTag, task, id }) {
  const body = Buffer.from("[[], {}, {}]");
  const headers = { lang: "py", task, id, root_id: id, parent_id: null, group: null, retries: 0, argsrepr: "()" };
  const properties = { contentType: "application/json", contentEncoding: "utf-8", headers, correlationId: id };
  peer.send("BasicDeliver", { consumerTag, deliveryTag, redelivered: false, exchange: "", routingKey: "q" }, channel);
  peer.socket.write(defs.encodeProperties(defs.BasicProperties, channel, body.length, properties));
  peer.socket.write(frames.makeBodyFrame(channel, body));
}

/** @param {AmqpServer} server @param {net.Socket} socket */
function serve(server, socket) {
  /** @type {Peer} */
  const peer = {
    name: "",
    socket,
    isDeaf: false,
    methods: [],
    send: (method, fields, channel = 0) => {
      if (!socket.destroyed) socket.write(defs.encodeMethod(defs[method], channel, fields));
    },
  };
  server.peers.push(peer);
  /** How much each confirming channel has published. @type {Map<number, number>} */
  const published = new Map();
  let buffer = Buffer.alloc(0);
  let isGreeted = false;
  socket.on("error", () => {});
  socket.on("data", (data) => {
    if (peer.isDeaf) return;
    buffer = Buffer.concat([buffer, /** @type {Buffer} */ (data)]);
    if (!isGreeted) {
      isGreeted = true;
      buffer = buffer.subarray(8);
      const properties = {
        version: "4.0.0",
        capabilities: { "connection.blocked": true, consumer_cancel_notify: true },
      };
      return peer.send("ConnectionStart", start(properties));
    }
    for (let frame = frames.parseFrame(buffer, 0); frame; frame = frames.parseFrame(buffer, 0)) {
      buffer = frame.rest;
      const { id, channel, fields } = frames.decodeFrame(frame);
      if (id !== undefined && id > 0xffff)
        receive(server, peer, { method: defs.info(id).name, channel, fields, published });
      if (peer.isDeaf) return;
    }
  });
}

/** @param {Record<string, unknown>} serverProperties */
const start = (serverProperties) => ({
  versionMajor: 0,
  versionMinor: 9,
  serverProperties,
  mechanisms: Buffer.from("PLAIN"),
  locales: Buffer.from("en_US"),
});

/**
 * @param {AmqpServer} server
 * @param {Peer} peer
 * @param {{ method: string, channel: number, fields: Record<string, any>, published: Map<number, number> }} received
 */
function receive(server, peer, { method, channel, fields, published }) {
  peer.methods.push(method);
  if (method === "ConnectionStartOk") {
    peer.name = String(fields.clientProperties?.connection_name ?? "");
    if (!server.silent.has(method)) peer.send("ConnectionTune", { channelMax: 2047, frameMax: 131_072, heartbeat: 60 });
  }
  if (method === "ConfirmSelect") published.set(channel, 0);
  server.onMethod(peer, method, fields, channel);
  if (server.silent.has(method) || peer.isDeaf) return;
  const replyText = server.refused.get(method);
  if (replyText !== undefined) {
    peer.send("ChannelClose", { replyCode: 406, replyText, classId: 0, methodId: 0 }, channel);
  } else if (method === "BasicPublish" && published.has(channel)) {
    const deliveryTag = (published.get(channel) ?? 0) + 1;
    published.set(channel, deliveryTag);
    peer.send("BasicAck", { deliveryTag, multiple: false }, channel);
  } else if (Object.hasOwn(ANSWERS, method)) {
    const [answer, answerFields] = ANSWERS[method](fields);
    peer.send(answer, answerFields, channel);
  }
}
