/** A real PostgreSQL server for a test, where one is installed. Its time zone is not UTC. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./server.js";
import { waitUntil } from "./wait.js";

const PASSWORD = "s3cret/@";

/** The folder of `postgres` and `initdb`; null where there is none. @returns {string | null} */
export function postgresBinaries() {
  const root = "/usr/lib/postgresql";
  const debian = existsSync(root) ? readdirSync(root).map((version) => join(root, version, "bin")) : [];
  const folders = [process.env.POSTGRES_BIN ?? "", ...debian, ...(process.env.PATH ?? "").split(":")];
  return folders.find((folder) => folder !== "" && existsSync(join(folder, "initdb"))) ?? null;
}

/** For the option `skip` of a test. */
export const WITHOUT_POSTGRES = postgresBinaries() === null ? "there is no PostgreSQL here" : false;

/** @typedef {Awaited<ReturnType<typeof startPostgres>>} TestPostgres */

export async function startPostgres() {
  const binaries = /** @type {string} */ (postgresBinaries());
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const user = userInfo().uid === 0 ? otherUser() : null;
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const run = (/** @type {string} */ program, /** @type {string[]} */ ...words) =>
    execFileSync(join(binaries, program), words, { cwd: folder, ...user, stdio: "pipe" });
  const secret = join(folder, "password");
  writeFileSync(secret, PASSWORD, { mode: 0o644 });
  run("initdb", "-D", "data", "-U", "jobs", "-A", "scram-sha-256", `--pwfile=${secret}`, "-E", "UTF8", "-N");
  const port = await freePort();
  const address = { host: "127.0.0.1", port, user: "jobs", password: PASSWORD, database: "postgres" };
  /** @type {import("node:child_process").ChildProcess} */
  let child;
  const start = async () => {
    const options = ["timezone=Asia/Tokyo", "fsync=off", "listen_addresses=127.0.0.1"].flatMap((each) => ["-c", each]);
    const words = ["-D", "data", "-k", folder, "-p", String(port), ...options];
    child = spawn(join(binaries, "postgres"), words, { cwd: folder, ...user, stdio: "ignore" });
    await waitUntil(() => answers(address), { timeoutMs: 30_000 });
  };
  const kill = async () => {
    if (child.exitCode === null) run("pg_ctl", "-D", "data", "stop", "-m", "immediate", "-w");
  };
  await start();
  return {
    port,
    url: `db+postgresql://jobs:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    start,
    kill,
    /**
     * @param {string} text
     * @param {unknown[]} [values]
     * @returns {Promise<any[]>}
     */
    sql: async (text, values) => {
      const client = new pg.Client(address);
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server refuses root. */
function otherUser() {
  const number = (/** @type {string} */ flag) => {
    for (const name of ["postgres", "nobody"]) {
      try {
        return Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      } catch {
        // the next one
      }
    }
    throw new Error("there is no user postgres or nobody to run PostgreSQL");
  };
  return { uid: number("-u"), gid: number("-g") };
}

/** @param {import("pg").ClientConfig} address */
async function answers(address) {
  const client = new pg.Client(address);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
