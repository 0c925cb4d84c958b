/**
 * The example's mail server: it accepts every mail and delivers none. `node main.js`, with MAIL_SMTP_PORT, MAIL_HTTP_PORT and
 * MAIL_HOST.
 */
import { once } from "node:events";
import { mailboxServer } from "./http.js";
import { MailCatcher } from "./smtp.js";

const { MAIL_HOST = "127.0.0.1", MAIL_SMTP_PORT = "2525", MAIL_HTTP_PORT = "2580" } = process.env;

const catcher = new MailCatcher(MAIL_HOST, Number(MAIL_SMTP_PORT));
await catcher.start();
const mailbox = mailboxServer(catcher).listen(Number(MAIL_HTTP_PORT), MAIL_HOST);
await once(mailbox, "listening");
const { port } = /** @type {import("node:net").AddressInfo} */ (mailbox.address());
process.stdout.write(`mail catcher: smtp ${MAIL_HOST}:${catcher.port}, http ${MAIL_HOST}:${port}\n`);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    mailbox.close();
    mailbox.closeAllConnections();
    await catcher.stop();
  });
}
