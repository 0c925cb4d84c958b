/** What every request meets first: sessions, CSRF, limits, headers, and errors as JSON that never name a path of this machine. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import { OperationalError } from "jobs-client";
import { ZodError } from "zod";

export const UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024;
const BODY_LIMIT_BYTES = 64 * 1024;
const SESSION_S = 30 * 24 * 3600;
const OPEN = new Set(["/api/session", "/livez", "/readyz", "/openapi.json"]);
const CODES = { 404: "not-found", 413: "too-large", 415: "unsupported-media-type", 429: "too-many-requests" };

/** An answer that is no success. */
export class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, code, more });
  }
}

/** @param {{ secret: string, postsPerMinute: number, isSecure: boolean, isAway: () => boolean }} options */
export async function createServer({ secret, postsPerMinute, isSecure, isAway }) {
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, logger: { level: "warn" } });
  const key = secret || randomBytes(32).toString("hex");
  if (!secret) app.log.warn("WEB_SECRET is not set: sessions end with this process");
  const csrfOf = (session) => createHmac("sha256", key).update(`csrf ${session}`).digest("hex");
  await app.register(helmet, {
    // Only this server's own files: no inline script or style, no frame, no form that leaves the page.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        ...Object.fromEntries(["script", "style", "img", "connect", "font"].map((kind) => [`${kind}-src`, ["'self'"]])),
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
  });
  app.removeContentTypeParser("text/plain");
  await app.register(cookie, { secret: key });
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT_BYTES, files: 1, fields: 4 } });

  app.decorateRequest("session", "");
  app.addHook("onRequest", async (request) => {
    const { valid, value } = request.unsignCookie(request.cookies.session ?? "");
    request.session = valid ? value : "";
  });
  await app.register(rateLimit, {
    max: postsPerMinute,
    timeWindow: "1 minute",
    keyGenerator: ({ session, ip }) => session || ip,
    allowList: ({ method }) => method !== "POST",
  });
  app.addHook("preParsing", async ({ method, session, headers, routeOptions }) => {
    if (!routeOptions.url?.startsWith("/api/") || OPEN.has(routeOptions.url)) return;
    if (!session) throw new Refusal(401, "no-session", "This page has no session yet: get /api/session first");
    if (method !== "POST") return;
    // The cookie alone proves nothing: a browser also sends it with a form of another site.
    if (!isEqual(String(headers["x-csrf-token"] ?? ""), csrfOf(session)))
      throw new Refusal(403, "csrf", "The header X-CSRF-Token is not the session's: get /api/session again");
    if (isAway()) throw away();
  });
  app.get("/api/session", async (request, reply) => {
    const session = request.session || randomUUID();
    const options = { path: "/", httpOnly: true, sameSite: "lax", secure: isSecure, maxAge: SESSION_S };
    if (!request.session) reply.setCookie("session", session, { ...options, signed: true });
    return { csrf: csrfOf(session) };
  });
  app.setNotFoundHandler(() => {
    throw new Refusal(404, "not-found", "There is nothing here");
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, code, message, more } = refusalFor(error);
    if (status >= 500 && status !== 503) app.log.error(error);
    if (status === 503) reply.header("retry-after", "2");
    const { job, ...details } = more;
    return reply.code(status).send({ error: { code, message, ...details }, ...(job === undefined ? {} : { job }) });
  });
  return app;
}

function refusalFor(error) {
  if (error instanceof Refusal) return error;
  if (error instanceof OperationalError) return away();
  if (error instanceof ZodError) {
    const [{ path, message, keys }] = error.issues;
    return new Refusal(422, "invalid", message, { field: String(path.at(-1) ?? keys?.[0] ?? "body") });
  }
  const status = error.statusCode ?? 500;
  if (status === 400) return new Refusal(422, "invalid", "The body is not JSON", { field: "body" });
  if (status < 500) return new Refusal(status, CODES[status] ?? "refused", error.message);
  return new Refusal(500, "failed", "Something failed here: please try again");
}

const away = () => new Refusal(503, "away", "The jobs' server is away: nothing was sent, please try again in a moment");

const isEqual = (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
