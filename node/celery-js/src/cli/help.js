/** What `--help` prints, in the manner of Celery's command line. */

const WIDTH = 80;

/**
 * @param {string[]} path the command's name, after those of its parent commands
 * @param {import("./command.js").Command} command
 * @returns {string}
 */
export function helpText(path, { summary, options = {}, args, commands }) {
  const known = "help" in options ? options : { ...options, help: HELP };
  const blocks = [
    `Usage: ${[...path, "[OPTIONS]", commands ? "COMMAND [ARGS]..." : args].filter(Boolean).join(" ")}`,
    ...summary.split("\n\n").map((paragraph) => wrap(paragraph, "  ")),
    `Options:\n${table(Object.entries(known).map(([name, option]) => [optionText(name, option), option.help]))}`,
  ];
  if (commands) {
    const rows = Object.entries(commands).map(([name, { summary: text }]) => [name, text.split("\n\n")[0]]);
    blocks.push(`Commands:\n${table(rows)}`);
  }
  return blocks.join("\n\n");
}

/** @type {import("./command.js").Option} */
const HELP = { type: "boolean", help: "Show this message and exit." };

/**
 * @param {string} name
 * @param {Pick<import("./command.js").Option, "short" | "metavar">} option
 * @returns {string} such as `-Q, --queues NAMES`
 */
export const optionText = (name, { short, metavar }) =>
  `${short ? `-${short}, ` : ""}--${name}${metavar ? ` ${metavar}` : ""}`;

/** @param {string[][]} rows */
function table(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = " ".repeat(width + 4);
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${wrap(right, indent).trimStart()}`).join("\n");
}

/**
 * @param {string} text
 * @param {string} indent
 */
function wrap(text, indent) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines[lines.length - 1];
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line).join("\n");
}
