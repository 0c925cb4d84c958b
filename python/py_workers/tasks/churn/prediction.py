"""Predictions: for one customer while a browser waits, and for a file in parts that run side by side."""

import csv

from celery_reliable.typed import BoundTask
from typing_extensions import TypedDict

from py_workers.tasks.churn._cancelled import leave_if_cancelled
from py_workers.tasks.churn._customers import Customer, features_of, read
from py_workers.tasks.churn._files import path_of, remove_old, replacing
from py_workers.tasks.churn._model import load
from py_workers.worker import celery_app

AT_RISK = 0.5
_BINS = 10
_TOP = 10
# Longer than a join waits in its queue.
_PART_KEPT_S = 24 * 3600


class Reason(TypedDict):
    """A feature's contribution to the probability, compared with an average customer."""

    feature: str
    effect: float


class Prediction(TypedDict):
    """How probable it is that a customer leaves, and why."""

    customer_id: str
    churn_probability: float
    reasons: list[Reason]


class PartOfPredictions(TypedDict):
    """The file with some of the predictions."""

    file: str
    rows: int
    at_risk: int


class Risk(TypedDict):
    """A customer who may leave."""

    customer_id: str
    churn_probability: float


class PredictionFile(TypedDict):
    """The file with all predictions, and a summary: ``histogram`` counts by tenths of probability."""

    file: str
    rows: int
    at_risk: int
    mean_probability: float
    histogram: list[int]
    top: list[Risk]


@celery_app.task
def predict(model: str, customer: Customer) -> Prediction:
    """Predict whether a customer is going to leave."""
    network, features = load(model), features_of(customer)
    reasons = [Reason(feature=name, effect=effect) for name, effect in network.effects(features).items()]
    probability = round(network.probability(features), 4)
    return {"customer_id": customer["customer_id"], "churn_probability": probability, "reasons": reasons}


@celery_app.task(bind=True, track_started=True)
def predict_part(self: BoundTask, model: str, dataset: str, first: int, count: int) -> PartOfPredictions:
    """Predict for some customers of a dataset, ``count`` of them from the one at ``first``."""
    leave_if_cancelled(self)
    network = load(model)
    # Named after the task, so that it replaces its own file if it runs again after its worker died.
    name = f"part-{self.request.id}"
    rows = at_risk = 0
    with replacing(path_of(name, ".csv")) as file:
        writer = csv.writer(file, lineterminator="\n")
        for customer_id, features, _ in read(dataset, first, count):
            probability = network.probability(features)
            writer.writerow([customer_id, f"{probability:.4f}"])
            rows, at_risk = rows + 1, at_risk + (probability >= AT_RISK)
    return {"file": name, "rows": rows, "at_risk": at_risk}


@celery_app.task(bind=True, track_started=True)
def join_parts(self: BoundTask, parts: list[PartOfPredictions], predictions: str) -> PredictionFile:
    """Join the parts in one file, and sum them up."""
    leave_if_cancelled(self)
    target = path_of(predictions, ".csv")
    files = [path_of(part["file"], ".csv") for part in parts]
    # On a second run the parts may be deleted, but then the file is complete.
    if not target.exists():
        with replacing(target) as joined:
            joined.write("customer_id,churn_probability\n")
            for file in files:
                joined.write(file.read_text("utf-8"))
    summary = _summary(predictions)
    for file in files:
        file.unlink(missing_ok=True)
    # The web server removes the parts of a job that failed or was cancelled, unless it was killed meanwhile.
    remove_old("part-*.csv", _PART_KEPT_S)
    return summary


def _summary(predictions: str) -> PredictionFile:
    histogram = [0] * _BINS
    risks: list[Risk] = []
    with path_of(predictions, ".csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            probability = float(row["churn_probability"])
            histogram[min(_BINS - 1, int(probability * _BINS))] += 1
            risks.append({"customer_id": row["customer_id"], "churn_probability": probability})
    risks.sort(key=lambda risk: -risk["churn_probability"])
    total = sum(risk["churn_probability"] for risk in risks)
    return {
        "file": f"{predictions}.csv",
        "rows": len(risks),
        "at_risk": sum(risk["churn_probability"] >= AT_RISK for risk in risks),
        "mean_probability": round(total / max(1, len(risks)), 4),
        "histogram": histogram,
        "top": risks[:_TOP],
    }
