/** Charts as SVG: a curve of losses and bars by probability; and bars of reasons, as HTML. */
import { el, svg } from "./dom.js";
import { FEATURES, grouped } from "./words.js";

const WIDTH = 600;
const HEIGHT = 150;
const INSET = 6;

/**
 * @param {readonly number[]} loss one value a round
 * @param {number} rounds how many there will be
 */
export function lossCurve(loss, rounds) {
  const first = loss[0] ?? 0;
  const last = loss.at(-1) ?? 0;
  const low = Math.min(...loss, first * 0.6);
  const span = first - low || 1;
  const points = loss.map((value, i) => {
    const x = INSET + (i / Math.max(1, rounds - 1)) * (WIDTH - 2 * INSET);
    const y = INSET + ((first - value) / span) * (HEIGHT - 2 * INSET);
    return /** @type {const} */ ([x, Math.min(HEIGHT - INSET, Math.max(INSET, y))]);
  });
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const [endX, endY] = points.at(-1) ?? [INSET, INSET];
  const description = `Loss after each round: from ${first.toFixed(3)} to ${last.toFixed(3)} in ${loss.length} rounds`;
  return el(
    "figure",
    { class: "chart" },
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": description, class: "curve" },
      svg("path", { class: "grid", d: gridLines() }),
      svg("polygon", { class: "area", points: `${INSET},${HEIGHT} ${line} ${endX.toFixed(1)},${HEIGHT}` }),
      svg("polyline", { class: "line", points: line }),
      svg("circle", { class: "dot", cx: endX, cy: endY, r: 4 }),
    ),
    el("figcaption", {}, el("span", {}, "Loss"), el("strong", {}, last.toFixed(3))),
  );
}

function gridLines() {
  return [0.25, 0.5, 0.75].map((share) => `M0 ${HEIGHT * share}H${WIDTH}`).join("");
}

/** @param {readonly number[]} counts customers in ten steps of probability */
export function histogram(counts) {
  const most = Math.max(1, ...counts);
  const step = WIDTH / counts.length;
  const bars = counts.map((count, i) => {
    const height = (count / most) * (HEIGHT - 4);
    const shape = { x: i * step + 2, y: HEIGHT - height, width: step - 4, height, rx: 2 };
    return svg("rect", { ...shape, class: i < counts.length / 2 ? "calm" : "warm" });
  });
  const words = counts.map((count, i) => `${i * 10} to ${i * 10 + 10}%: ${grouped(count)}`).join("; ");
  return el(
    "figure",
    { class: "chart" },
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Customers by probability. ${words}` },
      ...bars,
    ),
    el(
      "figcaption",
      { class: "axis" },
      el("span", {}, "0%"),
      el("span", {}, "probability of leaving"),
      el("span", {}, "100%"),
    ),
  );
}

/** @param {readonly { feature: string, effect: number }[]} reasons */
export function effects(reasons) {
  const most = Math.max(0.01, ...reasons.map(({ effect }) => Math.abs(effect)));
  const rows = reasons.map(({ feature, effect }) => {
    const bar = el("span", { class: effect > 0 ? "bar warm" : "bar calm" });
    bar.style.inlineSize = `${(Math.abs(effect) / most) * 50}%`;
    const points = Math.round(effect * 100);
    const text = points > 0 ? `+${points} points` : points < 0 ? `−${-points} points` : "no effect";
    return el(
      "li",
      {},
      el("span", { class: "name" }, FEATURES[feature] ?? feature),
      el("span", { class: "track", "aria-hidden": "true" }, bar),
      el("span", { class: "points" }, text),
    );
  });
  return el("ul", { class: "effects" }, ...rows);
}
