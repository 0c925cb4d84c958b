/** A task that writes down where and when it ran; the tests mount this file into the container. */
import { appendFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export const work = async (label, seconds = 0) => {
  append("start", label);
  await sleep(seconds * 1000);
  append("end", label);
  return label;
};

function append(event, label) {
  appendFileSync("/ledger/lines", `${JSON.stringify([event, label, hostname()])}\n`);
}
