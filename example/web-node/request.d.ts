import "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The session of the signed cookie; empty without one. */
    session: string;
  }
  interface FastifyContextConfig {
    /** A body is not parsed, so that a broken one is no error. */
    takesNoBody?: boolean;
  }
}
