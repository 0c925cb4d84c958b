/** `GET /add` sends a task and answers with its result. */
import { Celery } from "celery-js";

const url = process.env.JOBS_BROKER_URL;
const jobs = new Celery("shop", { brokerUrl: url, resultBackend: url, taskRoutes: { "js_workers.*": "js-queue" } });

export const dynamic = "force-dynamic";

export async function GET() {
  const sum = await jobs.sendTask("js_workers.tasks.example.arithmetic.add", [1, 2]);
  return Response.json({ sum: await sum.get({ timeout: 30 }) });
}
