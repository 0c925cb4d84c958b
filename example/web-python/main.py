"""The example's web server: it turns requests into jobs, and jobs' states into events.

It does no work of its own, so it stays quick while a model is trained. ``web-node/`` has the same API. Start:
``make example SERVER=python``.
"""

import asyncio
import dataclasses
import hashlib
import json
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from bodies import ForFile, ForOne, Mail, NewDataset, Outage, Report, Training, Workflow
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from outside import ask_mailbox, read_upload
from posting import WAIT_S, answer_of, job_of, once, owned, predicting, start, step_id
from state import ENV, FOLDER, guard, jobs, store, tasks
from store import Record, is_left, is_made
from views import camel_cased

from web import Limits, Refusal, answer_errors

EXAMPLE = Path(__file__).resolve().parent.parent


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
            record["given"] = dataclasses.asdict(await answer_of(sent))
        except ValueError as error:
            file.unlink(missing_ok=True)
            raise Refusal(422, "invalid", str(error), field="file") from None
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
    return camel_cased(dataclasses.asdict(await answer_of(sent)))


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
    return JSONResponse({"broker": jobs.broker}, 200 if jobs.broker == "connected" else 503)


@app.get("/openapi.json")
async def openapi() -> FileResponse:
    """Return the document of the API, which both web servers share."""
    return FileResponse(EXAMPLE / "openapi.json", media_type="application/json")


app.mount("/", StaticFiles(directory=EXAMPLE / "web", html=True, check_dir=False))


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
