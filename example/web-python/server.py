"""The example's web server: it turns requests into jobs, and their states into events.

It does no heavy work, so it stays quick while a model is trained. ``web-node/`` has the same API.
"""

import asyncio
import hashlib
import os
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from bodies import ForFile, ForOne, Mail, NewDataset, Outage, Report, Training, Workflow
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from fastapi.staticfiles import StaticFiles
from follow import Follower
from guard import Guard, Refusal, protect
from jobs import Jobs, answer_of
from jobs_client import connect
from outside import ask_mailbox, upload_of
from store import Record, Store, new_record
from view import camel_cased
from workflow import mail_ids_of, task_of

ENV = os.environ
FOLDER = Path(ENV.get("JOBS_FILES_DIR", ""))
EXAMPLE = Path(__file__).resolve().parent.parent
if not ENV.get("JOBS_FILES_DIR"):
    raise SystemExit("JOBS_FILES_DIR is empty: set it to the folder that the workers use too")

tasks: Any = connect()
store = Store(FOLDER)
follower = Follower(tasks, store)
jobs = Jobs(tasks, store, follower)
guard = Guard(ENV, is_away=lambda: follower.broker != "connected")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Watch the broker and follow unfinished jobs while the server runs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    watching = asyncio.gather(follower.watch_broker(), follower.follow_all())
    yield
    watching.cancel()


app = FastAPI(lifespan=lifespan, openapi_url=None)
protect(app, guard)
Session = Annotated[str, Depends(guard.session)]
Listening = Annotated[tuple[str, Any], Depends(follower.pages.listener(guard.session))]
Key = Annotated[str | None, Header(alias="idempotency-key", min_length=1, max_length=200)]
app.get("/api/session")(guard.begin)


@app.post("/api/datasets", status_code=201)
async def post_dataset(request: Request, session: Session, key: Key = None) -> Any:
    """Make a dataset of invented customers, or take a CSV file."""
    upload = await upload_of(request)
    made = NewDataset.model_validate_json(await request.body()) if upload is None else None
    body = made.model_dump() if made else {"sha256": hashlib.sha256(upload or b"").hexdigest()}

    async def fill(record: Record) -> Record:
        # Two POSTs with one key have a file each until one of them is stored.
        dataset, stored = f"dataset-{uuid.uuid4().hex[:8]}-{record['id']}", None
        file, data = FOLDER / f"{dataset}.csv", tasks.py.churn.data
        try:
            if upload is not None:
                file.write_bytes(upload)
            call = data.generate.s(dataset, made.seed, made.rows) if made else data.inspect.s(dataset)
            record["given"] = await answer_of(call)
            stored = store.create(record)
        except ValueError as error:
            raise Refusal(422, "invalid", str(error), field="file") from None
        finally:
            if stored is not record:
                file.unlink(missing_ok=True)
        return stored

    return (await jobs.once(new_record(session, key, "dataset", body), fill))["given"]


@app.post("/api/predictions")
async def post_prediction(body: ForOne, session: Session) -> Any:
    """Predict for one customer, at once."""
    await jobs.require_done(session, "model", body.model, "training")
    predict = tasks.py.churn.prediction.predict
    return camel_cased(await answer_of(predict.s(body.model, body.customer.model_dump())))


@app.post("/api/trainings", status_code=202)
async def post_training(body: Training, session: Session, key: Key = None) -> Record:
    """Train a model, one at a time."""

    async def given(record: Record) -> Record:
        await jobs.require_done(session, "dataset", body.dataset, "dataset")
        return {**body.model_dump(), "model": f"model-{record['id']}"}

    return await jobs.start(session, key, "training", body, given)


@app.post("/api/prediction-files", status_code=202)
async def post_prediction_file(body: ForFile, session: Session, key: Key = None) -> Record:
    """Predict for all customers of a dataset, in parts side by side."""
    return await jobs.start(session, key, "predictionFile", body, lambda record: predicting(body, record))


@app.post("/api/workflows", status_code=202)
async def post_workflow(body: Workflow, session: Session, key: Key = None) -> Record:
    """Predict, render the report and mail it."""
    return await jobs.start(session, key, "workflow", body, lambda record: predicting(body, record))


@app.post("/api/reports", status_code=202)
async def post_report(body: Report, session: Session, key: Key = None) -> Record:
    """Render the report of predictions."""

    async def given(record: Record) -> Record:
        made = await jobs.require_done(session, "predictions", body.predictions, "predictionFile", "workflow")
        return {"input": task_of(made, "predict"), "report": f"report-{record['id']}"}

    return await jobs.start(session, key, "report", body, given)


@app.post("/api/mails", status_code=202)
async def post_mail(body: Mail, session: Session, key: Key = None) -> Record:
    """Mail a report."""

    async def given(_record: Record) -> Record:
        made = await jobs.require_done(session, "report", body.report, "report", "workflow")
        return {"input": task_of(made, "report"), "to": body.to}

    return await jobs.start(session, key, "mail", body, given)


@app.get("/api/jobs")
async def get_jobs(session: Session) -> Any:
    """Return all jobs, the newest first."""
    return {"jobs": await follower.list(session)}


@app.get("/api/jobs/{job_id}")
async def get_job(job_id: str, session: Session) -> Record:
    """Return a job."""
    return await follower.view(jobs.find(session, job_id))


@app.post("/api/jobs/{job_id}/cancel", status_code=202)
async def cancel(job_id: str, session: Session) -> Record:
    """Stop a job."""
    await jobs.cancel(jobs.find(session, job_id))
    return await follower.view(jobs.find(session, job_id))


@app.post("/api/jobs/{job_id}/resume", status_code=202)
async def resume(job_id: str, session: Session, key: Key = None) -> Record:
    """Go on with a job from the step that failed."""
    await jobs.resume(jobs.find(session, job_id), key)
    return await follower.view(jobs.find(session, job_id))


@app.get("/api/events", response_class=EventSourceResponse)
async def get_events(listener: Listening) -> AsyncGenerator[ServerSentEvent, None]:
    """Send each change as it happens."""
    async for event, data in follower.events(*listener):
        yield ServerSentEvent(event=event, data=data)


@app.get("/api/files/{name}")
async def get_file(name: str, session: Session) -> FileResponse:
    """Send a file of one of this session's jobs."""
    found = re.fullmatch(r"(?:predictions|report)-([a-f0-9-]{36})\.(?:csv|pdf)", name)
    if found and store.read(session, found[1]) and (FOLDER / name).is_file():
        return FileResponse(FOLDER / name, filename=name)
    raise Refusal(404, "not-found", "There is no such file")


@app.get("/api/mailbox")
async def get_mailbox(session: Session) -> Any:
    """Return the mails that this session's jobs have sent."""
    mailbox = await ask_mailbox("GET", "/mails")
    own = {mail_id for record in store.list(session) for mail_id in mail_ids_of(record)}
    return {**mailbox, "mails": [mail for mail in mailbox["mails"] if mail["id"] in own]}


@app.post("/api/mailbox/outage", status_code=202)
async def post_outage(body: Outage) -> Any:
    """Simulate an outage of the mail server for some seconds."""
    mailbox = await ask_mailbox("POST", "/outage", json=body.model_dump())
    follower.pages.tell_all(("mailbox", mailbox))  # all tabs show it
    return mailbox


@app.get("/livez")
@app.head("/livez")
async def livez() -> dict[str, str]:
    """Report that the process runs."""
    return {"state": "ok"}


@app.get("/readyz")
@app.head("/readyz")
async def readyz() -> Any:
    """Tell whether it can take jobs."""
    return JSONResponse({"broker": follower.broker}, 200 if follower.broker == "connected" else 503)


@app.get("/openapi.json")
async def openapi() -> FileResponse:
    """Return the document of the API, which both web servers share."""
    return FileResponse(EXAMPLE / "openapi.json")


app.mount("/", StaticFiles(directory=EXAMPLE / "web", html=True, check_dir=False))


async def predicting(body: ForFile, record: Record) -> Record:
    """Return the arguments of a prediction for a file."""
    await jobs.require_done(record["session"], "model", body.model, "training")
    dataset = await jobs.require_done(record["session"], "dataset", body.dataset, "dataset")
    names = {name: f"{name}-{record['id']}" for name in ("predictions", "report")}
    return {**body.model_dump(), "rows": dataset["given"]["rows"], **names}


class Server(uvicorn.Server):
    """Ends the streams of events before it waits for open connections."""

    async def startup(self, sockets: Any = None) -> None:
        """Log where it listens."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"web server: http://{self.config.host}:{port}", flush=True)

    def handle_exit(self, _signal: int, _frame: Any) -> None:
        """Handle SIGTERM and SIGINT; the second one ends it at once."""
        follower.pages.stop()
        self.force_exit, self.should_exit = self.should_exit, True


if __name__ == "__main__":
    host, port = ENV.get("WEB_HOST") or "127.0.0.1", int(ENV.get("WEB_PORT") or 8000)
    own = {"log_level": "warning", "access_log": False, "proxy_headers": False, "http": "deadline:Protocol"}
    # Longer than a POST waits for its answer.
    Server(uvicorn.Config(app, host=host, port=port, timeout_graceful_shutdown=8, **own)).run()
