/** A mail server for tests, on its own port. */
import { once } from "node:events";
import { text } from "node:stream/consumers";

/**
 * @param {{ answers?: number[], lost?: number }} [options] the first answers to a sender, such as 451; later ones are good, but
 *   those to the first `lost` mails do not arrive
 * @returns {Promise<{ url: string, mails: string[], stop: () => Promise<void> }>}
 */
export async function postOffice({ answers = [], lost = 0 } = {}) {
  const { SMTPServer } = await import("smtp-server");
  /** @type {string[]} */
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    closeTimeout: 500,
    onMailFrom: (_from, _session, callback) => {
      const responseCode = answers.shift();
      callback(responseCode ? Object.assign(new Error("not now"), { responseCode }) : null);
    },
    onData: (stream, { id }, callback) => {
      text(stream).then((mail) => {
        if (mails.push(mail) > lost) return callback();
        for (const connection of server.connections) if (connection.id === id) connection.close();
      }, callback);
    },
  });
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  const stop = () => /** @type {Promise<void>} */ (new Promise((resolve) => server.close(() => resolve())));
  return { url: `smtp://127.0.0.1:${port}`, mails, stop };
}
