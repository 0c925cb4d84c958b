/** Reads the fixtures that `tests/fixtures/record.py` records from Python Celery. */
import { readFileSync } from "node:fs";
import { loads } from "../../src/protocol/json.js";

const FOLDER = new URL("../fixtures/", import.meta.url);

/**
 * @template Case
 * @param {string} name the file's, without `.json`
 * @returns {Case[]} the cases; typed values in them are revived
 */
export function fixture(name) {
  const text = readFileSync(new URL(`${name}.json`, FOLDER), "utf8");
  return /** @type {{ cases: Case[] }} */ (loads(text)).cases;
}
