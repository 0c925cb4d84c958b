import { expect, test } from "@jest/globals";
import { Celery } from "celery-js";
import { add, again } from "./tasks/plain.js";

const app = new Celery("test");

test("a task is a function", () => {
  expect(add(1, 2)).toBe(3);
});

test("a task is retried without a server", async () => {
  const result = await app.task("again", again).apply();

  expect(await result.get()).toBe(1);
});

test("a wrong call is refused", async () => {
  const result = await app.task("add", add).apply([1, 2, 3]);

  await expect(result.get()).rejects.toThrow("takes 2 positional arguments but 3 were given");
});
