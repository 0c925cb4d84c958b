/** Checks every request: sessions, CSRF, limits and headers. Answers errors as JSON that never names a path of this machine. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import { OperationalError } from "jobs-client";
import { ZodError } from "zod";
import { refuse } from "./deadline.js";

const UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024;
// With the lines around the file.
export const FORM_LIMIT_BYTES = UPLOAD_LIMIT_BYTES + 4096;
const BODY_LIMIT_BYTES = 64 * 1024;
const SESSION_S = 30 * 24 * 3600;
const OPEN = new Set(["/api/session", "/livez", "/readyz", "/openapi.json"]);
/** @type {Record<number, string>} */
const CODES = { 404: "not-found", 413: "too-large", 415: "unsupported-media-type" };
// Others are ignored: the answer is the whole file.
const RANGE = /^bytes=(\d+-\d*|-\d+)$/;
const LEFT_OUT = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };
// Only this server's own files: no inline script or style, no frame, no form that leaves the page.
const POLICY = {
  defaultSrc: ["'none'"],
  ...Object.fromEntries(["script", "style", "img", "connect", "font"].map((kind) => [`${kind}-src`, ["'self'"]])),
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/** An error answer. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {{ field?: string, job?: unknown }} [more]
   */
  constructor(status, code, message, { job, ...details } = {}) {
    super(message);
    this.status = status;
    this.body = { error: { code, message, ...details }, job };
  }
}

/** @param {NodeJS.ProcessEnv} env @param {() => boolean} isAway whether the jobs' server is away */
export async function createServer(env, isAway) {
  const arrivesWithinMs = Number(env.WEB_BODY_TIMEOUT_S || 60) * 1000;
  /** @type {Record<string, unknown>} */
  let headers = {};
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: false,
    logger: { level: "warn" },
    // For clients that never send the rest of their requests.
    requestTimeout: arrivesWithinMs,
    http: { headersTimeout: arrivesWithinMs, connectionsCheckingInterval: 1000 },
    clientErrorHandler: (error, socket) => refuse(error, socket, headers),
    // Errors before routing, such as for `/%ff`.
    frameworkErrors: (_error, _request, /** @type {import("fastify").FastifyReply<any>} */ reply) =>
      reply.code(404).send(nothing().body),
  });
  if (!env.WEB_SECRET) app.log.warn("WEB_SECRET is not set: sessions end with this process");
  const key = env.WEB_SECRET || randomBytes(32).toString("hex");
  const csrfOf = (/** @type {string} */ session) => createHmac("sha256", key).update(`csrf ${session}`).digest("hex");

  app.removeContentTypeParser(["text/plain", "application/json"]);
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    request.routeOptions.config.takesNoBody ? done(null) : parse(request, String(body), done),
  );
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // The HTTPS proxy sets it: only the proxy knows whether its whole domain has HTTPS.
    strictTransportSecurity: false,
  });
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT_BYTES, files: 1, fields: 0 } });
  await app.register(cookie, { secret: key });
  app.decorateRequest("session", "");
  app.addHook("onSend", async ({ url }, reply) => {
    // Answers of the API are a session's own; files of the page may have changed.
    reply.header("cache-control", url.startsWith("/api/") ? "no-store" : "no-cache");
  });
  app.addHook("onRequest", async (request) => {
    if (!RANGE.test(request.headers.range ?? "")) delete request.headers.range;
    const { valid, value } = request.unsignCookie(request.cookies.session ?? "");
    request.session = valid ? value : "";
  });
  await app.register(rateLimit, {
    max: Number(env.WEB_POSTS_PER_MINUTE || 120),
    timeWindow: "1 minute",
    keyGenerator: ({ session, ip }) => session || ip,
    allowList: ({ method }) => method !== "POST",
    addHeaders: LEFT_OUT,
    addHeadersOnExceeding: LEFT_OUT,
    errorResponseBuilder: (_request, { max }) =>
      new Refusal(429, "too-many-requests", `Too many POSTs: at most ${max} a minute; wait, then try again`),
  });
  app.addHook("preParsing", async ({ method, session, headers, routeOptions }) => {
    if (!routeOptions.url?.startsWith("/api/") || OPEN.has(routeOptions.url)) return;
    if (!session) throw new Refusal(401, "no-session", "This page has no session yet: get /api/session first");
    if (method !== "POST") return;
    // The cookie alone proves nothing: a browser also sends it with a form of another site.
    if (!isEqual(String(headers["x-csrf-token"] ?? ""), csrfOf(session)))
      throw new Refusal(403, "csrf", "The header X-CSRF-Token is not the session's: get /api/session again");
    if (isAway()) throw away();
    const isForm = /^multipart\/form-data/i.test(headers["content-type"] ?? "");
    if (isForm && Number(headers["content-length"]) > FORM_LIMIT_BYTES) throw tooLarge();
  });
  app.get("/api/session", async (request, reply) => {
    const session = request.session || randomUUID();
    const options = {
      path: "/",
      httpOnly: true,
      sameSite: /** @type {const} */ ("lax"),
      secure: env.WEB_SECURE === "1",
    };
    // Each time, so that a session in use does not expire.
    reply.setCookie("session", session, { ...options, maxAge: SESSION_S, signed: true });
    return { csrf: csrfOf(session) };
  });

  app.addHook("onListen", async () => {
    ({ headers } = await app.inject("/api/nothing"));
    delete headers.date;
  });
  app.setNotFoundHandler(() => {
    throw nothing();
  });
  app.setErrorHandler((error, { method }, reply) => {
    const { status, body } = refusalFor(error, method);
    if (status === 500) app.log.error(error);
    if (status === 503) reply.header("retry-after", "2");
    return reply.code(status).send(body);
  });
  return app;
}

/** @param {any} error @param {string} method @returns {Refusal} */
function refusalFor(error, method) {
  if (error instanceof Refusal) return error;
  if (error instanceof OperationalError) return away();
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    const field = issue.code === "unrecognized_keys" ? issue.keys[0] : (issue.path.at(-1) ?? "body");
    return new Refusal(422, "invalid", issue.message, { field: String(field) });
  }
  const status = error.statusCode ?? 500;
  if (status === 416) return new Refusal(416, "range", "The file has no such range of bytes");
  if (status < 500 && method !== "POST") return nothing();
  if (status === 400) return new Refusal(422, "invalid", "The body is not JSON", { field: "body" });
  if (status < 500) return new Refusal(status, CODES[status] ?? "refused", error.message);
  return new Refusal(500, "failed", "Something failed here: please try again");
}

export const tooLarge = () => new Refusal(413, "too-large", "The body is too large");
const nothing = () => new Refusal(404, "not-found", "There is nothing here");
const away = () => new Refusal(503, "away", "The jobs' server is away: nothing was sent, please try again in a moment");

/** @param {string} one @param {string} other */
function isEqual(one, other) {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
