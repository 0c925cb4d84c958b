/** A port in front of a real server that can fall silent, refuse or put replies out of step; one connection counts once. */
import { once } from "node:events";
import net from "node:net";

/**
 * @typedef {object} Gate
 * @property {number} port
 * @property {(database?: number) => string} url
 * @property {"open" | "silent"} mode for new connections; silent: accepted, read, and never answered
 * @property {RegExp | null} fatal a command that silences its connection: the server gets it, the client gets no reply any more
 * @property {() => number} accepted how many connections there were
 * @property {(data: string) => void} say puts a reply of ours before what the server says next, on every open connection
 * @property {(change: ((data: Buffer, connection: number) => Buffer) | null) => void} alter changes what the server says
 * @property {() => Promise<void>} close
 */

/**
 * @param {number} serverPort
 * @returns {Promise<Gate>}
 */
export async function startGate(serverPort) {
  /** @type {Set<net.Socket>} */
  const clients = new Set();
  let accepted = 0;
  /** @type {((data: Buffer, connection: number) => Buffer) | null} */
  let altered = null;
  const server = net.createServer((client) => {
    accepted += 1;
    const connection = accepted;
    clients.add(client);
    client.on("error", () => {}).on("close", () => clients.delete(client));
    if (gate.mode === "silent") return void client.resume();
    const upstream = net.connect(serverPort, "127.0.0.1").on("error", () => client.destroy());
    let isSilent = false;
    client.on("data", (data) => {
      isSilent ||= gate.fatal?.test(String(data)) ?? false;
    });
    client.pipe(upstream);
    upstream
      .on("data", (data) => isSilent || client.write(altered ? altered(data, connection) : data))
      .on("end", () => client.end());
    client.on("close", () => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  /** @type {Gate} */
  const gate = {
    port,
    url: (database = 0) => `redis://127.0.0.1:${port}/${database}`,
    mode: "open",
    fatal: null,
    accepted: () => accepted,
    say: (data) => {
      for (const client of clients) client.write(data);
    },
    alter: (change) => {
      altered = change;
    },
    close: async () => {
      server.close();
      for (const client of clients) client.destroy();
      await once(server, "close");
    },
  };
  return gate;
}
