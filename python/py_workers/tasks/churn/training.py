"""Training: work that takes its time, and that a browser can watch and stop."""

import time
from typing import Any

from celery_reliable.typed import BoundTask
from typing_extensions import TypedDict

from py_workers.tasks.churn._customers import read
from py_workers.tasks.churn._model import Model
from py_workers.worker import celery_app

# The example's data is learnt in seconds. A round lasts at least this long, as with real data, so that
# there is something to see and to stop.
ROUND_S = 0.5
MOST_ROUNDS = 400
FEWEST_ROWS = 50


class Progress(TypedDict):
    """What the page shows meanwhile: the loss after each round, and how long the rest will take."""

    done: int
    total: int
    loss: list[float]
    seconds_left: float


class TrainedModel(TypedDict):
    """A model, and how good it is with customers that it has not learnt from."""

    model: str
    rounds: int
    accuracy: float
    loss: list[float]


@celery_app.task(bind=True, progress=Progress, track_started=True)
def train(self: BoundTask, dataset: str, model: str, rounds: int = 40) -> TrainedModel:
    """Train a model with a dataset, and save it under a name.

    Revoking with ``terminate`` stops it at any moment: the model's file appears at the end, whole.
    """
    if not 1 <= rounds <= MOST_ROUNDS:
        raise ValueError(f"rounds is {rounds}: use a number from 1 to {MOST_ROUNDS}")
    loss: list[float] = []
    _tell(self, rounds, loss, rounds * ROUND_S)
    training = _Training(dataset)
    began = time.monotonic()
    for done in range(1, rounds + 1):
        loss.append(training.round())
        time.sleep(max(0.0, began + done * ROUND_S - time.monotonic()))
        _tell(self, rounds, loss, (time.monotonic() - began) / done * (rounds - done))
    training.model().save(model)
    return {"model": model, "rounds": rounds, "accuracy": training.accuracy(), "loss": loss}


def _tell(task: BoundTask, total: int, loss: list[float], seconds_left: float) -> None:
    left = round(seconds_left, 1)
    progress = {"done": len(loss), "total": total, "loss": loss, "seconds_left": left}
    task.update_state(state="PROGRESS", meta=progress)


class _Training:
    """A network of scikit-learn, four fifths of a dataset to learn from and a fifth to test with."""

    def __init__(self, dataset: str) -> None:
        rows = list(read(dataset))
        outcomes = [outcome for _, _, outcome in rows]
        if len(rows) < FEWEST_ROWS or len(set(outcomes)) < 2:
            raise ValueError(
                f"the dataset is too small: use {FEWEST_ROWS} customers, some of whom left (churned is 1)"
            )
        self._learn = _scikit_learn()
        inputs = [features for _, features, _ in rows]
        split = self._learn.train_test_split(
            inputs, outcomes, test_size=0.2, random_state=1, stratify=outcomes
        )
        self._scaler = self._learn.StandardScaler().fit(split[0])
        self._inputs, self._tested = (self._scaler.transform(part) for part in split[:2])
        self._outcomes, self._tested_outcomes = split[2:]
        self._network = self._learn.MLPClassifier((16, 8), learning_rate_init=0.002, random_state=1)

    def round(self) -> float:
        """Learn from each customer once. Return the loss with the tested ones."""
        self._network.partial_fit(self._inputs, self._outcomes, classes=[0, 1])
        guesses = self._network.predict_proba(self._tested)
        return round(float(self._learn.log_loss(self._tested_outcomes, guesses)), 4)

    def accuracy(self) -> float:
        """Return which share of the tested customers it is right about."""
        return round(float(self._network.score(self._tested, self._tested_outcomes)), 4)

    def model(self) -> Model:
        """Return what was learnt, as plain numbers."""
        weights = [each.T.tolist() for each in self._network.coefs_]
        biases = [each.tolist() for each in self._network.intercepts_]
        layers = list(zip(weights, biases, strict=True))
        return Model(self._scaler.mean_.tolist(), self._scaler.scale_.tolist(), layers)


def _scikit_learn() -> Any:
    """Return what is needed of scikit-learn.

    Imported here and not above: workers that do not train start without it, and so does ``make contracts``.
    """
    try:
        from types import SimpleNamespace

        from sklearn.metrics import log_loss
        from sklearn.model_selection import train_test_split
        from sklearn.neural_network import MLPClassifier
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise RuntimeError(
            "training needs scikit-learn: `make example` installs it, and so does "
            "`poetry install --with example` in python/"
        ) from error
    return SimpleNamespace(
        log_loss=log_loss,
        train_test_split=train_test_split,
        MLPClassifier=MLPClassifier,
        StandardScaler=StandardScaler,
    )
