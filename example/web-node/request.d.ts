import "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The session of the signed cookie; empty without one. */
    session: string;
  }
  interface FastifyContextConfig {
    /** The body is ignored, even if it is not valid JSON. */
    takesNoBody?: boolean;
  }
}
