/** The catcher's HTTP API: reads the mailbox, and simulates an outage of the mail server. */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

const LONGEST_OUTAGE_S = 600;

/**
 * @param {import("./smtp.js").MailCatcher} catcher
 * @returns {import("node:http").Server}
 */
export function mailboxServer(catcher) {
  return createServer((request, response) => {
    answer(catcher, request).then(
      ({ status, body }) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });
}

/**
 * @param {import("./smtp.js").MailCatcher} catcher
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<{ status: number, body: object }>}
 */
async function answer(catcher, request) {
  const awayForSeconds = () => ({ away: catcher.awayForSeconds > 0, awayForSeconds: catcher.awayForSeconds });
  switch (`${request.method} ${request.url}`) {
    case "GET /livez":
      return { status: 200, body: { status: "ok" } };
    case "GET /mails":
      return { status: 200, body: { mails: catcher.mails, ...awayForSeconds() } };
    case "POST /outage": {
      const { seconds } = /** @type {{ seconds?: unknown }} */ (await json(request).catch(() => ({})));
      if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= LONGEST_OUTAGE_S)) {
        return { status: 422, body: { error: `seconds: expected a number from 0 to ${LONGEST_OUTAGE_S}` } };
      }
      await catcher.leaveFor(seconds);
      return { status: 202, body: awayForSeconds() };
    }
    default:
      return { status: 404, body: { error: "not found" } };
  }
}
