import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ScriptCommand } from "../../src/transport/redis/script-command.js";
import { useTransport } from "../support/transport.js";

describe("the command of a script", () => {
  const t = useTransport();
  const keys = ["unacked", "celery.started"];
  const run = () => t.consumer.connection.client.runScript("start", keys, ["no such tag"]);

  it("carries the script's text again once the server has forgotten it", async () => {
    assert.equal(await run(), 0);
    await t.redis.script("FLUSH");

    assert.equal(await run(), 0);
    assert.equal(await run(), 0);
  });

  it("counts bytes, not characters", () => {
    const plain = new ScriptCommand("evalsha", "abc", ["k"], ["a", 12]).toWritable();
    const accented = new ScriptCommand("evalsha", "abc", ["k"], ["é", 12]).toWritable();
    const mixed = new ScriptCommand("evalsha", "abc", ["k"], ["é", Buffer.from([255, 254])]).toWritable();

    const head = "*6\r\n$7\r\nevalsha\r\n$3\r\nabc\r\n$1\r\n1\r\n$1\r\nk\r\n";
    assert.equal(plain.toString(), `${head}$1\r\na\r\n$2\r\n12\r\n`);
    assert.equal(accented.toString(), `${head}$2\r\né\r\n$2\r\n12\r\n`);
    assert.equal(mixed.toString("latin1"), `${head}$2\r\nÃ©\r\n$2\r\nÿþ\r\n`);
  });
});
