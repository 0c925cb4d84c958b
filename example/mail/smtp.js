/** An SMTP server that keeps the last mails in memory and can simulate an outage. */
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

/** @typedef {{ id: string, to: string, subject: string, receivedAt: string, times: number, text: string, attachments: { name: string, bytes: number }[] }} Mail */

const KEPT_MAILS = 500;
const SIZE_LIMIT_BYTES = 5_000_000;
const REFUSED_DOMAIN = /@refused\.example$/i;
const SLOW_DOMAIN = /@slow\.example$/i;
const SLOW_MS = 4000;
const FORGETFUL_DOMAIN = /@lost\.example$/i;
const LOST_ANSWERS = 3;

export class MailCatcher {
  /** @type {Map<string, Mail>} by Message-ID, oldest first */
  #mails = new Map();
  /** @type {SMTPServer | null} null while it is away */
  #server = null;
  #awayUntil = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #return;

  /**
   * @param {string} host
   * @param {number} port 0: any free one, and the same one after an outage
   */
  constructor(host, port) {
    this.host = host;
    this.port = port;
  }

  get mails() {
    return [...this.#mails.values()].reverse();
  }

  get awayForSeconds() {
    return Math.max(0, Math.ceil((this.#awayUntil - Date.now()) / 1000));
  }

  async start() {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      size: SIZE_LIMIT_BYTES,
      closeTimeout: 500,
      logger: false,
      onRcptTo: ({ address }, _session, callback) =>
        void setTimeout(() => callback(refusal(address)), SLOW_DOMAIN.test(address) ? SLOW_MS : 0),
      onData: (stream, session, callback) => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(", ");
        this.#keep(to, stream).then(({ times }) => {
          if (times > LOST_ANSWERS || !FORGETFUL_DOMAIN.test(to)) return callback();
          for (const connection of server.connections) if (connection.id === session.id) connection.close();
        }, callback);
      },
    });
    // Errors of clients that disconnect must not end the process.
    server.on("error", () => {});
    const listener = server.listen(this.port, this.host);
    await once(listener, "listening");
    this.port = /** @type {import("node:net").AddressInfo} */ (listener.address()).port;
    this.#server = server;
  }

  /**
   * Closes the port, so that clients cannot connect, and opens it again.
   *
   * @param {number} seconds 0 ends an outage
   */
  async leaveFor(seconds) {
    clearTimeout(this.#return);
    this.#awayUntil = Date.now() + seconds * 1000;
    if (seconds === 0) return this.#comeBack();
    // Before it closes, which takes a while: a second call meanwhile has to find this timer.
    this.#return = setTimeout(() => void this.#comeBack(), seconds * 1000);
    await this.#close();
  }

  async stop() {
    clearTimeout(this.#return);
    await this.#close();
  }

  async #comeBack() {
    this.#awayUntil = 0;
    if (this.#server === null) await this.start();
  }

  async #close() {
    const server = this.#server;
    this.#server = null;
    if (server) await new Promise((resolve) => server.close(() => resolve(null)));
  }

  /**
   * @param {string} to
   * @param {NodeJS.ReadableStream} stream
   * @returns {Promise<Mail>}
   */
  async #keep(to, stream) {
    const { messageId = "", subject = "", text = "", attachments } = await PostalMime.parse(await buffer(stream));
    // A task may run twice. It then sends the same Message-ID, which a mailbox shows once.
    const known = this.#mails.get(messageId);
    if (known) {
      known.times += 1;
      return known;
    }
    const mail = {
      id: messageId.replace(/^<|>$/g, ""),
      to,
      subject,
      receivedAt: new Date().toISOString(),
      times: 1,
      text,
      attachments: attachments.map(({ filename, content }) => ({
        name: filename ?? "unnamed",
        bytes: typeof content === "string" ? Buffer.byteLength(content) : content.byteLength,
      })),
    };
    this.#mails.set(messageId, mail);
    const [oldest] = this.#mails.keys();
    if (this.#mails.size > KEPT_MAILS) this.#mails.delete(oldest);
    return mail;
  }
}

/**
 * @param {string} address
 * @returns {Error | null} the error for an address that is always refused, so that readers can see one
 */
function refusal(address) {
  if (!REFUSED_DOMAIN.test(address)) return null;
  return Object.assign(new Error(`mailbox ${address} does not exist`), { responseCode: 550 });
}
