/** A mail server for tests, on a port of its own. */
import { once } from "node:events";
import { text } from "node:stream/consumers";

/**
 * @param {{ answers?: number[] }} [options] the first answers to a sender, such as 451; later ones are good
 * @returns {Promise<{ url: string, mails: string[], stop: () => Promise<void> }>}
 */
export async function postOffice({ answers = [] } = {}) {
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
    onData: (stream, _session, callback) => {
      text(stream).then((mail) => {
        mails.push(mail);
        callback();
      }, callback);
    },
  });
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (listener.address());
  const stop = () => /** @type {Promise<void>} */ (new Promise((resolve) => server.close(() => resolve())));
  return { url: `smtp://127.0.0.1:${port}`, mails, stop };
}
