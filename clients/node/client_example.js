/**
 * Sends a task to the Python workers and one to the JavaScript workers, with types, and prints their results.
 *
 * `node/js_workers/client_example.js` sends the same tasks by name.
 */
import { connect } from "jobs-client";

const timeout = 30;
const jobs = connect();
const byPython = await jobs.py.example.arithmetic.add.delay(3, 2);
const byJs = await jobs.js.example.arithmetic.add.named({ x: 1, y: 2 }).delay();
process.stdout.write(`Result executed by python worker from js client : 3 + 2 = ${await byPython.get({ timeout })}\n`);
process.stdout.write(`Result executed by js worker from js client : 1 + 2 = ${await byJs.get({ timeout })}\n`);
