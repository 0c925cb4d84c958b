/** Writes metrics as Prometheus' text: https://prometheus.io/docs/instrumenting/exposition_formats/. */
import { bucketsOf, FAMILIES } from "./metrics.js";

/** @typedef {import("./metrics.js").Metrics} Metrics */
/** @typedef {import("./metrics.js").FamilyName} FamilyName */

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * @param {readonly Metrics[]} sources
 * @param {string} hostname the label of the worker's own series
 * @returns {string}
 */
export function writeMetrics(sources, hostname) {
  /** @type {Map<FamilyName, string[]>} */
  const lines = new Map();
  for (const { cells, series } of sources) {
    for (const { family, labels, at } of series) {
      const own = lines.get(family) ?? [];
      if (own.length === 0) lines.set(family, own);
      const names = /** @type {readonly string[]} */ (FAMILIES[family].labels);
      const values = names[0] === "hostname" ? [hostname, ...labels] : labels;
      const pairs = names.map((name, i) => `${name}="${escaped(values[i])}"`);
      const buckets = bucketsOf(family);
      if (buckets === null) own.push(`${family}${braced(pairs)} ${cells[at]}`);
      else writeHistogram(own, family, pairs, cells.subarray(at, at + buckets.length + 2));
    }
  }
  let text = "";
  for (const [family, { kind, help }] of Object.entries(FAMILIES)) {
    const own = lines.get(/** @type {FamilyName} */ (family));
    if (own) text += `# HELP ${family} ${help}\n# TYPE ${family} ${kind}\n${own.join("\n")}\n`;
  }
  return text;
}

/**
 * @param {string[]} lines
 * @param {FamilyName} family
 * @param {string[]} pairs
 * @param {Float64Array} cells
 */
function writeHistogram(lines, family, pairs, cells) {
  const buckets = [...(bucketsOf(family) ?? []).map(asPython), "+Inf"];
  let count = 0;
  for (const [i, bucket] of buckets.entries()) {
    count += cells[i];
    lines.push(`${family}_bucket${braced([...pairs, `le="${bucket}"`])} ${count}`);
  }
  lines.push(`${family}_sum${braced(pairs)} ${cells[buckets.length]}`, `${family}_count${braced(pairs)} ${count}`);
}

/**
 * As prometheus-client writes it, so that buckets of workers of both languages can be added up.
 *
 * @param {number} bound
 */
const asPython = (bound) => (Number.isInteger(bound) ? `${bound}.0` : String(bound));

/** @param {string[]} pairs */
const braced = (pairs) => (pairs.length === 0 ? "" : `{${pairs.join(",")}}`);

/** @param {string} value */
const escaped = (value) => value.replace(/[\\"\n]/g, (found) => (found === "\n" ? "\\n" : `\\${found}`));
