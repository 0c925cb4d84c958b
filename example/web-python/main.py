"""The example's web server: it turns requests into jobs, and jobs' states into events.

It does no work of its own, so it stays quick while a model is trained. ``web-node/`` has the same API. Start:
``make example SERVER=python``.
"""

import asyncio
import hashlib
import json
import os
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jobs import Jobs, camel_cased
from jobs_client import connect
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from store import Record, Store, digest_of, is_left, is_made

from web import UPLOAD_LIMIT_BYTES, Guard, Limits, Refusal, answer_errors

ENV = os.environ
if not ENV.get("JOBS_FILES_DIR"):
    raise SystemExit("JOBS_FILES_DIR is empty: set it to the folder that the workers use too")
FOLDER = Path(ENV["JOBS_FILES_DIR"])
MAILBOX = ENV.get("MAILBOX_URL") or "http://127.0.0.1:2580"
EXAMPLE = Path(__file__).resolve().parent.parent
WAIT_S = 5

Name = Annotated[str, Field(max_length=100)]
Address = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")]


class Model(BaseModel):
    """A body: camelCase in JSON, and nothing that is not known."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class NewDataset(Model):  # noqa: D101 - these say what they are
    seed: int = Field(ge=0, le=1_000_000)
    rows: int = Field(ge=100, le=50_000)


class Training(Model):  # noqa: D101
    dataset: Name
    rounds: int = Field(40, ge=1, le=400)


class Customer(Model):  # noqa: D101
    customer_id: str = Field(min_length=1, max_length=40)
    tenure_months: int = Field(ge=0, le=120)
    monthly_charge: float = Field(ge=0, le=500)
    contract: Literal["monthly", "yearly", "two-year"]
    support_calls: int = Field(ge=0, le=50)
    late_payments: int = Field(ge=0, le=24)
    products: int = Field(ge=1, le=8)


class ForOne(Model):  # noqa: D101
    model: Name
    customer: Customer


class ForFile(Model):  # noqa: D101
    model: Name
    dataset: Name


class Report(Model):  # noqa: D101
    predictions: Name


class Mail(Model):  # noqa: D101
    report: Name
    to: Address


class Workflow(ForFile):  # noqa: D101
    to: Address


class Outage(Model):  # noqa: D101
    seconds: int = Field(ge=0, le=120)


tasks = connect()
store = Store(FOLDER)
jobs = Jobs(tasks, store)
guard = Guard(
    ENV.get("WEB_SECRET", ""),
    int(ENV.get("WEB_POSTS_PER_MINUTE") or 120),
    is_secure=ENV.get("WEB_SECURE") == "1",
    is_away=lambda: jobs.broker != "connected",
)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Watch the broker while the server runs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    watching = asyncio.create_task(jobs.watch_broker())
    yield
    watching.cancel()


app = FastAPI(lifespan=lifespan, openapi_url=None)
app.add_middleware(Limits)
answer_errors(app)
Session = Annotated[str, Depends(guard.session)]
Poster = Annotated[str, Depends(guard.poster)]
Key = Annotated[str | None, Header(alias="idempotency-key", max_length=200)]
app.get("/api/session")(guard.begin)


async def once(
    session: str, key: str | None, kind: str, body: object, fill: Callable[[Record], Awaitable[None]]
) -> Record:
    """Keep a record for a POST, once for an Idempotency-Key, and let ``fill`` complete it."""
    record, is_new = store.create(session, key, body, kind)
    if record["hash"] != digest_of(kind, body):
        raise Refusal(422, "key-reused", "This key came with another body", field="Idempotency-Key")
    if is_new:
        try:
            await fill(record)
        except BaseException:
            store.remove(record)
            raise
        return record
    until = time.monotonic() + WAIT_S
    found: Record | None = record
    while found is not None and time.monotonic() < until:
        if is_made(found):
            return found
        await asyncio.sleep(0.05)
        found = store.read(session, record["id"])
    message = "The first POST with this key was not finished: please try again"
    raise Refusal(409, "not-made", message)


async def start(
    session: str, key: str | None, kind: str, body: Model, given: Callable[[Record], Awaitable[Record]]
) -> Record:
    """Start a job; ``given`` checks what it needs of the session and returns what its tasks take."""

    async def fill(record: Record) -> None:
        record["given"] = await given(record)
        await jobs.send(record)

    values = body.model_dump(by_alias=True)
    return await jobs.view(await once(session, key, kind, values, fill))


async def owned(session: str, field: str, text: str, *kinds: str) -> Record:
    """Return this session's record behind a name such as ``model-ID``, or refuse the field."""
    record = store.read(session, text[-36:])
    if record is not None and record["kind"] in kinds and is_made(record):
        is_done = record["kind"] == "dataset" or (await jobs.view(record))["state"] == "done"
        if is_done:
            return record
    raise Refusal(422, "invalid", f"There is no such {field}, or it is not finished", field=field)


def step_id(record: Record, name: str) -> str:
    """Return the id of a step's task."""
    return next(str(step["taskId"]) for step in record["steps"] if step["name"] == name)


@app.post("/api/datasets", status_code=201)
async def post_dataset(request: Request, session: Poster, key: Key = None) -> Record:
    """Make a dataset of invented customers, or take a CSV file."""
    is_upload = request.headers.get("content-type", "").startswith("multipart/form-data")
    upload = await read_upload(request) if is_upload else None
    if upload is None:
        body = NewDataset.model_validate_json(await request.body()).model_dump()
    else:
        body = {"sha256": hashlib.sha256(upload).hexdigest()}

    async def fill(record: Record) -> None:
        dataset = f"dataset-{record['id']}"
        file = FOLDER / f"{dataset}.csv"
        if upload is not None:
            part = file.with_name(f".{file.name}.{os.getpid()}")
            part.write_bytes(upload)
            part.replace(file)
        data: Any = tasks.py.churn.data
        arguments = (
            (data.inspect, dataset) if upload is not None else (data.generate, dataset, *body.values())
        )
        sent = await asyncio.to_thread(arguments[0].delay, *arguments[1:])
        try:
            await answer_of(sent)
        except ValueError as error:
            file.unlink(missing_ok=True)
            raise Refusal(422, "invalid", str(error), field="file") from None
        record["given"] = await jobs.result_of(sent.id)
        store.save(record)

    record = await once(session, key, "dataset", body, fill)
    given: Record = record["given"]
    return given


@app.post("/api/trainings", status_code=202)
async def post_training(body: Training, session: Poster, key: Key = None) -> Record:
    """Train a model, one at a time."""

    async def given(record: Record) -> Record:
        await owned(session, "dataset", body.dataset, "dataset")
        for other in store.list(session):
            # Of two that come at once, the older one runs.
            is_older = (other["createdAt"], other["id"]) < (record["createdAt"], record["id"])
            if other["kind"] == "training" and is_older and not other.get("final") and not is_left(other):
                job = await jobs.view(other) if is_made(other) else None
                if job is None or job["state"] in ("waiting", "running"):
                    message = "A training of yours runs: wait for it, or cancel it"
                    raise Refusal(409, "running", message, job=job)
        return {**body.model_dump(), "model": f"model-{record['id']}"}

    return await start(session, key, "training", body, given)


@app.post("/api/predictions")
async def post_prediction(body: ForOne, session: Poster) -> Any:
    """Predict for one customer, at once."""
    await owned(session, "model", body.model, "training")
    predict: Any = tasks.py.churn.prediction.predict
    # It expires with the patience of the browser: nobody reads a later answer.
    call = predict.s(body.model, body.customer.model_dump())
    sent = await asyncio.to_thread(call.apply_async, expires=WAIT_S)
    await answer_of(sent)
    return camel_cased(await jobs.result_of(sent.id))


async def predicting(body: ForFile, record: Record) -> Record:
    """Return what a prediction for a file needs."""
    await owned(record["session"], "model", body.model, "training")
    dataset = await owned(record["session"], "dataset", body.dataset, "dataset")
    names = {"predictions": f"predictions-{record['id']}", "report": f"report-{record['id']}"}
    return {**body.model_dump(), "rows": dataset["given"]["rows"], **names}


@app.post("/api/prediction-files", status_code=202)
async def post_prediction_file(body: ForFile, session: Poster, key: Key = None) -> Record:
    """Predict for all customers of a dataset, in parts side by side."""
    return await start(session, key, "predictionFile", body, lambda record: predicting(body, record))


@app.post("/api/workflows", status_code=202)
async def post_workflow(body: Workflow, session: Poster, key: Key = None) -> Record:
    """Predict, render the report and mail it."""
    return await start(session, key, "workflow", body, lambda record: predicting(body, record))


@app.post("/api/reports", status_code=202)
async def post_report(body: Report, session: Poster, key: Key = None) -> Record:
    """Render the report of predictions."""

    async def given(record: Record) -> Record:
        made = await owned(session, "predictions", body.predictions, "predictionFile", "workflow")
        return {"input": step_id(made, "predict"), "report": f"report-{record['id']}"}

    return await start(session, key, "report", body, given)


@app.post("/api/mails", status_code=202)
async def post_mail(body: Mail, session: Poster, key: Key = None) -> Record:
    """Mail a report."""

    async def given(_record: Record) -> Record:
        made = await owned(session, "report", body.report, "report", "workflow")
        return {"input": step_id(made, "report"), "to": body.to}

    return await start(session, key, "mail", body, given)


def job_of(session: str, job_id: str) -> Record:
    """Return this session's job; another session's is as good as none."""
    record = store.read(session, job_id)
    if record is None or not record["steps"]:
        raise Refusal(404, "not-found", "There is no such job")
    return record


@app.get("/api/jobs")
async def get_jobs(session: Session) -> Any:
    """Return all jobs, the newest first."""
    return {"jobs": await jobs.list(session)}


@app.get("/api/jobs/{job_id}")
async def get_job(job_id: str, session: Session) -> Record:
    """Return a job."""
    return await jobs.view(job_of(session, job_id))


@app.post("/api/jobs/{job_id}/cancel", status_code=202)
async def cancel(job_id: str, session: Poster) -> Record:
    """Stop a job."""
    record = job_of(session, job_id)
    if not record.get("final"):
        await jobs.cancel(record)
    return await jobs.view(record)


@app.post("/api/jobs/{job_id}/resume", status_code=202)
async def resume(job_id: str, session: Poster) -> Record:
    """Go on with a job from the step that failed."""
    record = job_of(session, job_id)
    state = (await jobs.view(record))["state"]
    if state not in ("failed", "cancelled"):
        raise Refusal(409, "not-failed", f"This job is {state}")
    await jobs.resume(record)
    return await jobs.view(record)


@app.get("/api/events")
async def get_events(session: Session) -> StreamingResponse:
    """Send each change as it happens."""

    async def lines() -> AsyncGenerator[str, None]:
        async for event, data in jobs.events(session):
            yield (f"event: {event}\ndata: {json.dumps(data)}\n\n" if event else ": still here\n\n")

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


@app.get("/api/files/{name}")
async def get_file(name: str, session: Session) -> FileResponse:
    """Send a file of one of this session's jobs."""
    found = re.fullmatch(r"(?:predictions|report)-([a-f0-9-]{36})\.(csv|pdf)", name)
    if not found or store.read(session, found[1]) is None or not (FOLDER / name).is_file():
        raise Refusal(404, "not-found", "There is no such file")
    return FileResponse(FOLDER / name, filename=name)


@app.get("/api/mailbox")
async def get_mailbox(session: Session) -> Any:
    """Return the mails to addresses that this session has sent to."""
    mailbox = await ask_mailbox("GET", "/mails")
    own = {record["given"].get("to") for record in store.list(session)}
    return {**mailbox, "mails": [mail for mail in mailbox["mails"] if mail["to"] in own]}


@app.post("/api/mailbox/outage", status_code=202)
async def post_outage(body: Outage, _session: Poster) -> Any:
    """Take the mail server away for some seconds."""
    return await ask_mailbox("POST", "/outage", json=body.model_dump())


@app.get("/livez")
async def livez() -> dict[str, str]:
    """Tell that the process runs."""
    return {"state": "ok"}


@app.get("/readyz")
async def readyz() -> Any:
    """Tell whether it can take jobs."""
    from fastapi.responses import JSONResponse

    return JSONResponse({"broker": jobs.broker}, 200 if jobs.broker == "connected" else 503)


@app.get("/openapi.json")
async def openapi() -> FileResponse:
    """Return the document of the API, which both web servers share."""
    return FileResponse(EXAMPLE / "openapi.json", media_type="application/json")


app.mount("/", StaticFiles(directory=EXAMPLE / "web", html=True, check_dir=False))


async def answer_of(sent: Any) -> Any:
    """Wait for a task as long as a browser would."""
    try:
        async with asyncio.timeout(WAIT_S):
            return await sent
    except TimeoutError:
        message = f"The workers did not answer within {WAIT_S} s"
        raise Refusal(504, "too-long", message, job=sent.id) from None


async def read_upload(request: Request) -> bytes:
    """Return the file of a form."""
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if file is None or isinstance(file, str):
            raise Refusal(422, "invalid", "The form has no file", field="file")
        if not (file.filename or "").lower().endswith(".csv"):
            raise Refusal(415, "unsupported-media-type", "Use a CSV file", field="file")
        content = await file.read()
    if len(content) > UPLOAD_LIMIT_BYTES:
        raise Refusal(413, "too-large", "The file is too large")
    return content


async def ask_mailbox(method: str, path: str, **options: Any) -> Any:
    """Ask the mail catcher."""
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            answer = await client.request(method, MAILBOX + path, **options)
            return answer.raise_for_status().json()
    except httpx.HTTPError:
        raise Refusal(502, "no-mailbox", "The mail catcher does not answer") from None


class Server(uvicorn.Server):
    """Ends the streams of events before it waits for open connections."""

    async def startup(self, sockets: Any = None) -> None:
        """Say that it listens."""
        await super().startup(sockets)
        print(f"web server: http://{self.config.host}:{self.config.port}", flush=True)

    def handle_exit(self, _signal: int, _frame: Any) -> None:
        """Handle SIGTERM and SIGINT; the second one ends it at once."""
        jobs.stop()
        self.force_exit, self.should_exit = self.should_exit, True


if __name__ == "__main__":
    host, port = ENV.get("WEB_HOST") or "127.0.0.1", int(ENV.get("WEB_PORT") or 8000)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    Server(config).run()
