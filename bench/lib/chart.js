/** A chart of the rates: for each contest one bar a contender, ours in colour, the limit dashed. */
import { median } from "./median.js";

/** @typedef {import("../contests.js").Round} Round */

const OURS = new Set([
  "celery-js",
  "reliable",
  "sendTasks",
  "group",
  "sendTask",
  "1 process",
  "2 processes",
  "4 processes",
]);
const LIMIT = "bare loop";
/** Names that say more to a reader who knows the project only by its name. @type {Record<string, string>} */
const LABELS = { reliable: "celery_reliable", stock: "stock Celery", "stock, late": "stock, late acks" };
const ROW = 20;
const LEFT = 150;
const WIDTH = 720;
const BAR_WIDTH = WIDTH - LEFT - 80;

/**
 * @param {{ name: string, rounds: Round[] }[]} contests those that measure no rate are left out
 * @returns {string} SVG, readable on light and dark pages
 */
export function chart(contests) {
  const lines = [];
  let y = 10;
  for (const { name, rounds } of contests) {
    const rates = Object.keys(rounds[0])
      .map((contender) => ({ contender, rate: median(rounds.map((round) => round[contender].perSecond)) }))
      .filter(({ rate }) => Number.isFinite(rate));
    if (rates.length < 2) continue;
    const most = Math.max(...rates.map(({ rate }) => rate));
    y += ROW;
    lines.push(`<text x="0" y="${y}" class="title">${escaped(name)}</text>`);
    for (const { contender, rate } of rates) {
      y += ROW;
      const width = ((rate / most) * BAR_WIDTH).toFixed(1);
      const kind = OURS.has(contender) ? "ours" : contender === LIMIT ? "limit" : "theirs";
      lines.push(
        `<text x="${LEFT - 8}" y="${y}" text-anchor="end">${escaped(LABELS[contender] ?? contender)}</text>`,
        `<rect x="${LEFT}" y="${y - 12}" width="${width}" height="${ROW - 5}" class="${kind}"/>`,
        `<text x="${LEFT + Number(width) + 6}" y="${y}">${Math.round(rate).toLocaleString("en")}/s</text>`,
      );
    }
    y += ROW / 2;
  }
  const style =
    "text{font:12px sans-serif;fill:#777}.title{font-weight:bold}.ours{fill:#37814a}.theirs{fill:#9aa5b1}" +
    ".limit{fill:none;stroke:#9aa5b1;stroke-dasharray:3}";
  const size = `viewBox="0 0 ${WIDTH} ${y + 10}" width="${WIDTH}" height="${y + 10}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<title>Tasks a second</title>\n<style>${style}</style>\n${lines.join("\n")}\n</svg>\n`;
}

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
