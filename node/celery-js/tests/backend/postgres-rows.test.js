/** What a result becomes in Celery's columns, and back: no server needed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { membersOf } from "../../src/backend/postgres/members.js";
import { columnsOfMeta, metaOfColumns } from "../../src/backend/postgres/rows.js";
import { parsePostgresUrl } from "../../src/backend/postgres/url.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { decodeMeta } from "../../src/protocol/result-meta.js";

describe("the members of an object", () => {
  test("their text stays as it was written", () => {
    const text = '{"a": 1.0, "b": {"c": [1, "]}\\\\\\"", {}]}, "d\\"e": "x, y", "f": null}';

    assert.deepEqual(
      [...membersOf(text)],
      [
        ["a", "1.0"],
        ["b", '{"c": [1, "]}\\\\\\"", {}]}'],
        ['d"e', '"x, y"'],
        ["f", "null"],
      ],
    );
  });

  test("an empty object has none", () => {
    assert.deepEqual([...membersOf("{}")], []);
    assert.deepEqual([...membersOf('{"a": {}}')], [["a", "{}"]]);
  });
});

describe("the columns of a result", () => {
  const extended = {
    name: "shop.pay",
    args: [1, "é"],
    kwargs: { a: null },
    worker: "js@host",
    retries: 2,
    queue: "js-queue",
    stampedHeaders: ["tenant"],
    stamps: { tenant: ["shop"] },
  };

  test("a success goes there and back", () => {
    const text = encodeMeta({ taskId: "id1", status: "SUCCESS", result: { a: [1, 1e300] }, extended });
    const columns = columnsOfMeta(text);

    assert.equal(String(columns.result), '{"a": [1, 1e+300]}');
    assert.equal(String(columns.args), '[1, "\\u00e9"]');
    assert.equal(String(columns.stamps), '{"stamped_headers": ["tenant"], "stamps": {"tenant": ["shop"]}}');
    assert.deepEqual([columns.name, columns.retries, columns.children], ["shop.pay", 2, null]);
    const meta = decodeMeta(metaOfColumns({ ...columns, task_id: "id1" }));
    const before = decodeMeta(text);
    for (const name of /** @type {const} */ (["status", "result", "dateDone", "args", "kwargs", "queue", "retries"])) {
      assert.deepEqual(meta[name], before[name], name);
    }
    assert.deepEqual(meta.raw.tenant, ["shop"]);
  });

  test("a zero in a traceback is replaced, in a result kept", () => {
    const columns = columnsOfMeta(encodeMeta({ taskId: "i", status: "SUCCESS", result: "a\0b", traceback: "c\0d" }));

    assert.equal(String(columns.result), '"a\\u0000b"');
    assert.equal(columns.traceback, "c\uFFFDd");
  });

  test("a name that is longer than its column is cut", () => {
    const name = "n".repeat(200);
    const meta = encodeMeta({ taskId: "i", status: "SUCCESS", result: 1, extended: { ...extended, name } });

    assert.equal(String(columnsOfMeta(meta).name).length, 155);
  });
});

describe("the URL", () => {
  test("has the parts of Celery's", () => {
    const { display, ...address } = parsePostgresUrl("db+postgresql://a%40b:s%2Fx@db.example:5433/jobs");

    assert.deepEqual(address, { host: "db.example", port: 5433, database: "jobs", username: "a@b", password: "s/x" });
    assert.equal(display, "db+postgresql://a%40b:**@db.example:5433/jobs");
  });

  test("may name the folder of a Unix socket, and Python's driver", () => {
    const { host, port } = parsePostgresUrl("db+postgresql+psycopg://u@/jobs?host=/var/run/postgresql");

    assert.deepEqual([host, port], ["/var/run/postgresql", 5432]);
  });

  test("checks certificates as libpq's sslmode says", () => {
    const tls = (/** @type {string} */ mode) => parsePostgresUrl(`db+postgresql://h/d?sslmode=${mode}`).tls;

    assert.equal(tls("disable"), undefined);
    assert.equal(tls("require")?.rejectUnauthorized, false);
    assert.equal(tls("verify-ca")?.rejectUnauthorized, true);
    assert.equal(typeof tls("verify-ca")?.checkServerIdentity, "function");
    assert.deepEqual(tls("verify-full"), { rejectUnauthorized: true });
  });

  for (const [url, problem] of [
    ["db+postgresql://h", /the database is missing/],
    ["db+postgresql://u:p@h:99999/d", /u:\*\*@h:99999\/d': the host or port cannot be read/],
    ["db+postgresql://h/d?sslmod=require", /unknown parameter 'sslmod'; did you mean 'sslmode'\?/],
    ["db+postgresql://h/d?password=x", /user and password belong before the '@'/],
    ["db+postgresql://h/d?sslmode=prefer", /sslmode='prefer': expected one of disable, require/],
    ["db+postgresql://h/d?sslrootcert=/ca.pem", /sslrootcert needs sslmode=verify-full/],
    ["db+postgresql://h/d?sslmode=verify-full&sslrootcert=/none.pem", /ENOENT/],
    ["db+postgresql://h/d?connect_timeout=0", /expected a whole number of seconds, at least 1/],
  ]) {
    test(`is refused: ${url}`, () => {
      assert.throws(() => parsePostgresUrl(String(url)), { name: "ImproperlyConfigured", message: problem });
    });
  }
});
