"""Tasks with their own spans and log lines, and a Node client in a span, as source."""

from tests.telemetry.shop import Tasks

_PYTHON = '''
"""Steps of a workflow."""

import os

from celery.utils.log import get_task_logger
from opentelemetry import trace

from py_workers.worker import celery_app

logger = get_task_logger(__name__)


@celery_app.task
def step(x):
    with trace.get_tracer("shop").start_as_current_span("in py"):
        logger.info("stepping")
        return x + 1


@celery_app.task
def total(values):
    return sum(values)


@celery_app.task
def fail():
    raise ValueError("no stock")


@celery_app.task(bind=True)
def flaky(self):
    if self.request.retries == 0:
        raise self.retry(exc=ValueError("busy"), countdown=0)
    return "done"
'''
_NODE = """
import { trace } from "@opentelemetry/api";
import { task } from "celery-js";

export const step = task({ bind: true }, (self, x) =>
  trace.getTracer("shop").startActiveSpan("in js", (span) => {
    self.log.info("stepping");
    span.end();
    return x + 1;
  }));

export const total = (values) => values.reduce((sum, value) => sum + value, 0);

export const fail = () => {
  throw new RangeError("no stock");
};

const busyOnce = (self) => {
  if (self.request.retries === 0) throw self.retry({ exc: new RangeError("busy"), countdown: 0 });
  return "done";
};
export const flaky = task({ bind: true }, (self) => busyOnce(self));
export const flaky_thread = task({ bind: true, pool: "threads" }, (self) => busyOnce(self));

export const thread_step = task({ bind: true, pool: "threads" }, async (self, x) => {
  self.log.info("stepping");
  await self.app.sendTask("py_workers.tasks.shop.orders.step", [x]);
  return x + 1;
});

export const slow = task({ timeLimit: 0.5 }, () => new Promise(() => {}));
"""
NODE_CLIENT = """
import { trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { Celery, chain } from "celery-js";

const sdk = new NodeSDK({ serviceName: "web" });
sdk.start();
const url = process.env.JOBS_BROKER_URL;
const app = new Celery("client", {
  brokerUrl: url, resultBackend: url, taskRoutes: { "py_workers.*": "py-queue", "js_workers.*": "js-queue" },
});
const step = (language, ...args) => app.signature(`${language}_workers.tasks.shop.orders.step`, args);
await trace.getTracer("web").startActiveSpan("POST /orders", async (span) => {
  const result = await chain(step("py", 1), step("js"), step("py")).applyAsync();
  process.stdout.write(`${await result.get({ timeout: 30 })}\\n`);
  span.end();
});
await sdk.shutdown();
await app.close();
"""
TASKS = Tasks(_PYTHON, _NODE)
