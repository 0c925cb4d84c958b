/** The calls of test_matrix.py from JavaScript. Settings come as JSON; prints the outcome of each call as JSON. */
import { Celery, chain, chord, group } from "../../node/celery-js/src/index.js";

const TIMEOUT_S = 60;

const app = new Celery("matrix", JSON.parse(process.argv[2]));
/** @type {Record<string, Promise<unknown>>} */
const calls = {};

for (const kind of ["node", "python"]) {
  const other = kind === "node" ? "python" : "node";
  const task = (/** @type {string} */ name, /** @type {unknown[]} */ args, /** @type {object} */ options = {}) =>
    app.signature(`tests.${name}`, args, { queue: `${kind}-jobs`, ...options });
  const get = async (/** @type {any} */ signature) => (await signature.applyAsync()).get({ timeout: TIMEOUT_S });
  const parts = [1, 2].map((x) => task("add", [x, x]));

  calls[`${kind}: a result`] = get(task("add", [1, 2]));
  calls[`${kind}: a countdown`] = get(task("now", [], { countdown: 1.2 })).then((/** @type {number} */ at) => at > 0);
  calls[`${kind}: a retry`] = get(task("retry", [0.3])).then(
    (/** @type {{ retries: number }} */ { retries }) => retries,
  );
  calls[`${kind}: an error`] = get(task("add", [1])).catch((/** @type {Error} */ error) => error.name);
  calls[`${kind}: a chain over both languages`] = get(
    chain(task("add", [1, 2]), app.signature("tests.add", [10], { queue: `${other}-jobs` })),
  );
  calls[`${kind}: a group`] = group(...parts)
    .applyAsync()
    .then((result) => result.join({ timeout: TIMEOUT_S }));
  calls[`${kind}: a chord`] = get(chord(parts, task("total", [])));
}

const outcomes = Object.entries(calls).map(async ([name, call]) => [name, await call.catch(String)]);
process.stdout.write(JSON.stringify(Object.fromEntries(await Promise.all(outcomes))));
await app.close();
