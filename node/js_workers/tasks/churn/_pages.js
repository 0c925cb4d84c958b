/** The pages of the report: its text, its chart and its table. */
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("./report.js").PredictionFile} PredictionFile
 * @typedef {PDFKit.PDFDocument} Document
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

// The fonts that every PDF reader has lack the letters of most languages.
const FONTS = "@expo-google-fonts/noto-sans";
const REGULAR = "regular";
const BOLD = "bold";
const INK = "#1c1f23";
const MUTED = "#5d6670";
const LINE = "#d9dde1";
const CALM = "#9fb8bb";
const ACCENT = "#0b6a6f";
const WARM = "#b4472f";
const ROW = 19;
const CHART_HEIGHT = 140;

/**
 * @param {Document} document
 * @param {PredictionFile} predictions
 */
export function drawReport(document, predictions) {
  document.registerFont(REGULAR, fontFile("400Regular"));
  document.registerFont(BOLD, fontFile("700Bold"));
  drawHead(document, predictions);
  drawFigures(document, predictions);
  drawHeading(document, "How likely customers are to leave");
  drawChart(document, predictions.histogram);
  drawHeading(document, "Who is most likely to leave");
  drawTable(document, predictions.top);
  drawPageNumbers(document);
}

/** @param {string} style */
const fontFile = (style) => fileURLToPath(import.meta.resolve(`${FONTS}/${style}/NotoSans_${style}.ttf`));

/** @param {number} value @param {number} [digits] after the point */
const percent = (value, digits = 0) => `${(value * 100).toFixed(digits)}%`;

/** @param {number} value */
const grouped = (value) => value.toLocaleString("en-GB");

/**
 * @param {PredictionFile} predictions
 * @returns {string} the report in one paragraph
 */
export function summary({ rows, at_risk: atRisk, mean_probability: mean, top }) {
  const share = rows === 0 ? 0 : atRisk / rows;
  const verb = atRisk === 1 ? "is" : "are";
  const first = top[0]
    ? ` The most likely one is ${top[0].customer_id}, with ${percent(top[0].churn_probability, 1)}.`
    : "";
  return (
    `Of ${grouped(rows)} customers, ${grouped(atRisk)} (${percent(share)}) ${verb} more likely to leave than to stay. ` +
    `The average probability is ${percent(mean)}.${first}`
  );
}

/**
 * @param {Document} document
 * @returns {Box} what lies between the margins
 */
function area({ page }) {
  const { left, right, top, bottom } = page.margins;
  return { x: left, y: top, width: page.width - left - right, height: page.height - top - bottom };
}

/**
 * @param {Document} document
 * @param {PredictionFile} predictions
 */
function drawHead(document, predictions) {
  const { x, width } = area(document);
  document.font(BOLD).fontSize(9).fillColor(ACCENT).text("CHURN REPORT", { characterSpacing: 1.2 });
  document.moveDown(0.4).fontSize(25).fillColor(INK).text("Customers who may leave", { characterSpacing: -0.4 });
  document.font(REGULAR).fontSize(9.5).fillColor(MUTED).text(`Predictions in ${predictions.file}`);
  document.moveDown(1.3).fontSize(11.5).fillColor(INK).text(summary(predictions), x, document.y, { width, lineGap: 4 });
}

/**
 * @param {Document} document
 * @param {PredictionFile} predictions
 */
function drawFigures(document, { rows, at_risk: atRisk, mean_probability: mean }) {
  const { x, width } = area(document);
  const figures = [
    ["customers", grouped(rows), INK],
    ["likely to leave", grouped(atRisk), WARM],
    ["average probability", percent(mean), INK],
  ];
  const top = document.y + 22;
  rule(document, top);
  for (const [i, [label, value, colour]] of figures.entries()) {
    const left = x + (i * width) / figures.length;
    document
      .font(BOLD)
      .fontSize(22)
      .fillColor(colour)
      .text(value, left, top + 9, { lineBreak: false });
    document
      .font(REGULAR)
      .fontSize(9.5)
      .fillColor(MUTED)
      .text(label, left, top + 41, { lineBreak: false });
  }
  rule(document, top + 66);
  document.y = top + 66;
}

/**
 * @param {Document} document
 * @param {string} text
 */
function drawHeading(document, text) {
  const { x, y, height } = area(document);
  if (document.y > y + height - 5 * ROW) document.addPage();
  document
    .font(BOLD)
    .fontSize(13)
    .fillColor(INK)
    .text(text, x, document.y + 26);
  document.y += 10;
}

/**
 * @param {Document} document
 * @param {readonly number[]} histogram
 */
function drawChart(document, histogram) {
  const { x, width } = area(document);
  const top = document.y + 16;
  const floor = top + CHART_HEIGHT;
  const step = width / histogram.length;
  const most = Math.max(1, ...histogram);
  for (const [i, count] of histogram.entries()) {
    const height = (count / most) * CHART_HEIGHT;
    const colour = i < histogram.length / 2 ? CALM : WARM;
    document.rect(x + i * step + 3, floor - height, step - 6, height).fill(colour);
    document.font(REGULAR).fontSize(8.5).fillColor(INK);
    document.text(grouped(count), x + i * step, floor - height - 14, { width: step, align: "center" });
    document
      .fillColor(MUTED)
      .text(`${i * 10}–${(i + 1) * 10}%`, x + i * step, floor + 7, { width: step, align: "center" });
  }
  rule(document, floor);
  document.y = floor + 22;
}

/**
 * @param {Document} document
 * @param {PredictionFile["top"]} customers
 */
function drawTable(document, customers) {
  const bottom = area(document).y + area(document).height;
  drawRowHead(document);
  for (const [i, { customer_id: id, churn_probability: probability }] of customers.entries()) {
    if (document.y + ROW > bottom) {
      document.addPage();
      drawRowHead(document);
    }
    drawRow(document, i + 1, id, probability);
  }
}

/** @param {Document} document */
function drawRowHead(document) {
  const { x, width } = area(document);
  const top = document.y;
  document.font(BOLD).fontSize(9).fillColor(MUTED);
  document.text("Customer", x + 34, top + 3, { lineBreak: false });
  document.text("Probability of leaving", x + width / 2, top + 3, { lineBreak: false });
  document.y = top + ROW - 2;
  rule(document, document.y);
}

/**
 * @param {Document} document
 * @param {number} rank
 * @param {string} id
 * @param {number} probability
 */
function drawRow(document, rank, id, probability) {
  const { x, width } = area(document);
  const top = document.y;
  const middle = x + width / 2;
  const bar = width / 2 - 50;
  document.font(REGULAR).fontSize(9.5).fillColor(MUTED);
  document.text(String(rank), x, top + 3, { width: 22, align: "right", lineBreak: false });
  document.fillColor(INK).text(id, x + 34, top + 3, { width: width / 2 - 50, height: 12, ellipsis: true });
  document.text(percent(probability, 1), middle, top + 3, { width: 36, align: "right", lineBreak: false });
  document.rect(middle + 50, top + 6, bar, 6).fill("#eceff1");
  document.rect(middle + 50, top + 6, bar * probability, 6).fill(WARM);
  document.y = top + ROW;
}

/**
 * @param {Document} document
 * @param {number} y
 */
function rule(document, y) {
  const { x, width } = area(document);
  document
    .moveTo(x, y)
    .lineTo(x + width, y)
    .lineWidth(0.7)
    .strokeColor(LINE)
    .stroke();
}

/** @param {Document} document */
function drawPageNumbers(document) {
  const { count } = document.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    document.switchToPage(i);
    const { x, width } = area(document);
    const { margins, height } = document.page;
    // Text below the lower margin would start a new page.
    margins.bottom = 0;
    const options = /** @type {const} */ ({ width, align: "right", lineBreak: false });
    document.font(REGULAR).fontSize(8.5).fillColor(MUTED);
    document.text(`Page ${i + 1} of ${count}`, x, height - 40, options);
  }
}
