/** Reports tests as a dot each, then those that failed with their errors, and how many there were: for logs. */
import { dot } from "node:test/reporters";

/** @param {AsyncIterable<import("node:test/reporters").TestEvent>} events */
export default async function* report(events) {
  const counts = { "test:pass": 0, "test:fail": 0 };
  async function* counted() {
    for await (const event of events) {
      if ((event.type === "test:pass" || event.type === "test:fail") && event.data.details.type !== "suite") {
        counts[event.type] += 1;
      }
      yield event;
    }
  }
  yield* dot(counted());
  yield `${counts["test:pass"]} passed, ${counts["test:fail"]} failed\n`;
}
