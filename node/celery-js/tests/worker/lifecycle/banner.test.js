import assert from "node:assert/strict";
import { hostname } from "node:os";
import { it } from "node:test";
import { hidePassword } from "../../../src/transport/transport.js";
import { banner } from "../../../src/worker/lifecycle/banner.js";
import { nodename } from "../../../src/worker/model/nodename.js";

it("the banner is three lines: worker, servers, queues and tasks", () => {
  const text = banner("js@here", {
    version: "1.2.3",
    app: "shop",
    transport: hidePassword("redis://team:s3cret@broker:6379/0"),
    results: "disabled",
    concurrency: { async: 7, threads: 2 },
    queues: ["orders", "mails"],
    tasks: Array.from({ length: 12 }, (_, number) => `shop.task${number}`),
  });
  assert.equal(text.split("\n").length, 4);
  assert.doesNotMatch(text, /s3cret/);
  for (const part of [
    /^js@here: celery-js 1\.2\.3, Node .*, concurrency 7 \(async\), 2 \(threads\)\n/,
    /broker redis:\/\/team:\*\*@broker:6379\/0, results disabled\n/,
    /queues orders, mails; tasks shop\.task0, .*shop\.task9 and 2 more\n$/,
  ]) {
    assert.match(text, part);
  }
});

it("a worker's name takes Celery's %h, %n and %d", () => {
  const host = hostname();
  const [name] = host.split(".");
  assert.equal(nodename(), `celery@${host}`);
  assert.equal(nodename("mails"), "celery@mails");
  assert.equal(nodename("mails@"), `mails@${host}`);
  assert.equal(nodename("@mails"), "celery@mails");
  assert.equal(nodename("w1@%n-100%%"), `w1@${name}-100%`);
  assert.equal(nodename("w1@%n%d"), `w1@${name}${host.slice(name.length + 1)}`);
});
