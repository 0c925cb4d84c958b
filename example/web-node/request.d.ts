import "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The session of the signed cookie; empty without one. */
    session: string;
  }
}
