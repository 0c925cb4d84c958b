/**
 * A port that answers as a server does which still loads its data: a real one is done with a test's data before anybody looks.
 */
import { once } from "node:events";
import net from "node:net";

/**
 * @param {number} looks how often it says that it is loading
 * @returns {Promise<{ url: string, looks: () => number, close: () => void }>} looks: how often it was asked
 */
export async function startLoadingServer(looks) {
  let asked = 0;
  const answer = (/** @type {string} */ command) => {
    if (!/^\$4\r\nping\r\n/i.test(command)) return "+OK\r\n";
    asked++;
    return asked > looks ? "+PONG\r\n" : "-LOADING the dataset in memory\r\n";
  };
  const server = net.createServer((socket) => {
    socket.on("data", (data) => {
      const commands = String(data).split(/\*\d+\r\n/);
      for (const command of commands.slice(1)) socket.write(answer(command));
    });
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { url: `redis://127.0.0.1:${port}/0`, looks: () => asked, close: () => void server.close() };
}
