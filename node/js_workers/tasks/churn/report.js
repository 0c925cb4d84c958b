/** The report about customers who may leave, as a PDF. */
import { task } from "celery-js";
import { leaveIfCancelled } from "./_cancelled.js";
import { save } from "./_files.js";
import { installed } from "./_packages.js";
import { drawReport } from "./_pages.js";

/**
 * @typedef {object} PredictionFile what `py_workers.tasks.churn.prediction.join_parts` returns
 * @property {string} file
 * @property {number} rows
 * @property {number} at_risk customers who are more likely to leave than to stay
 * @property {number} mean_probability
 * @property {number[]} histogram customers by probability, in ten equal steps from 0 to 1
 * @property {{ customer_id: string, churn_probability: number }[]} top the likeliest to leave, in falling order
 */

/** @typedef {{ file: string, pages: number, bytes: number }} Report */

export const render = task(
  { bind: true, trackStarted: true, timeLimit: 60 },
  /**
   * Renders the report about a file of predictions, and saves it under a name.
   *
   * @param {PredictionFile} predictions
   * @param {string} report the name of the PDF, without its suffix
   * @returns {Promise<Report>}
   */
  async (self, predictions, report) => {
    await leaveIfCancelled(self);
    const { default: PDFDocument } = await installed("pdfkit", import("pdfkit"));
    const document = new PDFDocument({
      size: "A4",
      margins: { top: 56, bottom: 64, left: 56, right: 56 },
      bufferPages: true,
      lang: "en-GB",
      displayTitle: true,
      info: { Title: "Customers who may leave", Subject: `Predictions in ${predictions.file}` },
    });
    const content = collect(document);
    drawReport(document, predictions);
    const pages = document.bufferedPageRange().count;
    document.end();

    const bytes = await content;
    const file = `${report}.pdf`;
    await save(file, bytes);
    return { file, pages, bytes: bytes.length };
  },
);

/**
 * @param {AsyncIterable<Uint8Array>} stream
 * @returns {Promise<Buffer>}
 */
async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
