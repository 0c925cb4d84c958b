/**
 * Makes packages missing, as on a machine that has not installed them: `HIDDEN_PACKAGES=pg,amqplib node --import <this file>`.
 */
import module from "node:module";

const hidden = (process.env.HIDDEN_PACKAGES ?? "").split(",");
const names = JSON.stringify(hidden);

module.register(`data:text/javascript,export async function resolve(name, context, next) {
  if (!${names}.includes(name)) return next(name, context);
  throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: "ERR_MODULE_NOT_FOUND" });
}`);

// For `createRequire(...).resolve`.
const internals = /** @type {{ _resolveFilename: (...args: any[]) => string }} */ (/** @type {unknown} */ (module));
const resolveFilename = internals._resolveFilename;
internals._resolveFilename = (name, ...rest) => {
  if (!hidden.includes(name)) return resolveFilename(name, ...rest);
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
};
