import { z } from "zod";
import { ImproperlyConfigured } from "./errors.js";
/** Raised when variables are unknown or have a wrong value, with one line for each. */
export declare class ConfigError extends ImproperlyConfigured {
}
export declare const url: z.ZodString;
export declare const brokerUrl: z.ZodString;
export declare const resultUrl: z.ZodString;
export declare const routes: z.ZodPipe<z.ZodString, z.ZodTransform<Record<string, string>, string>>;
export declare const queues: z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
export declare const queue: z.ZodString;
export declare const word: z.ZodString;
export declare const folder: z.ZodString;
export declare const count: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
export declare const positiveCount: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
export declare const wholeSeconds: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
export declare const seconds: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
/** The setting `leaseS`. */
export declare const lease: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
/** A whole number of seconds for which Node's timers can wait, as the setting `workerSoftShutdownTimeout`. */
export declare const timeout: z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
export declare const address: z.ZodString;
export declare const logLevel: z.ZodString;
export declare const logFormat: z.ZodString;
/**
 * @template {z.ZodRawShape} Shape
 * @param {Shape} variables each variable with its kind and its default, as text: `seconds.prefault("60")`
 * @param {object} options
 * @param {string} options.prefix the prefix of these variables; any other variable with it is refused
 * @param {string} [options.others] prefix of variables that a program in another language reads
 * @param {Record<string, string>} [options.renamed] old names and what they are called now: the old ones are refused
 * @param {NodeJS.ProcessEnv} [options.environment]
 * @returns {z.output<z.ZodObject<Shape>>} the value of each variable; an empty one has its default
 * @throws {ConfigError} with one line for each variable that is unknown or has a wrong value
 */
export declare function readEnvironment<Shape extends z.ZodRawShape>(variables: Shape, { prefix, others, renamed, environment }: {
    prefix: string;
    others?: string;
    renamed?: Record<string, string>;
    environment?: NodeJS.ProcessEnv;
}): z.output<z.ZodObject<Shape>>;
