/** Bundles `client.js` of the current folder: `node bundle.mjs rollup OUTFILE`. The options are those of docs/deployment.md. */
import { basename, dirname } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";
import webpack from "webpack";

const ENTRY = "./client.js";

/** @type {Record<string, (outfile: string) => Promise<void>>} */
const BUNDLERS = {
  async rollup(outfile) {
    const plugins = [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json()];
    const bundle = await rollup({ input: ENTRY, plugins, onLog: () => {} });
    await bundle.write({ file: outfile, format: "es", inlineDynamicImports: true });
    await bundle.close();
  },
  async webpack(outfile) {
    const output = { path: dirname(outfile), filename: basename(outfile) };
    const config = /** @type {const} */ ({ mode: "production", target: "node20", entry: ENTRY, output });
    const stats = await new Promise((resolve, reject) => {
      webpack({ ...config, context: process.cwd() }, (error, done) => (error ? reject(error) : resolve(done)));
    });
    if (stats.hasErrors() || stats.hasWarnings())
      throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
  },
};

const [name, outfile] = process.argv.slice(2);
await BUNDLERS[name](outfile);
