"""Training: a long task that a browser can watch and stop."""

import time
from types import SimpleNamespace
from typing import Any

from celery_reliable.typed import BoundTask
from typing_extensions import TypedDict

from py_workers.tasks.churn._cancelled import leave_if_cancelled
from py_workers.tasks.churn._customers import read
from py_workers.tasks.churn._model import Model
from py_workers.worker import celery_app

MOST_ROUNDS = 400
FEWEST_ROWS = 50
FOLDS = 5


class Progress(TypedDict):
    """The progress that the page shows: the loss after each round, and how long the rest will take."""

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
    leave_if_cancelled(self)
    if not 1 <= rounds <= MOST_ROUNDS:
        raise ValueError(f"rounds is {rounds}: use a number from 1 to {MOST_ROUNDS}")
    loss: list[float] = []
    training = _Training(dataset)
    began = time.monotonic()
    for done in range(1, rounds + 1):
        loss.append(training.round())
        seconds_left = round((time.monotonic() - began) / done * (rounds - done), 1)
        progress = {"done": done, "total": rounds, "loss": loss, "seconds_left": seconds_left}
        self.update_state(state="PROGRESS", meta=progress)
    training.model().save(model)
    return {"model": model, "rounds": rounds, "accuracy": training.accuracy(), "loss": loss}


class _Training:
    """A network that learns from all customers, and five that measure its quality (cross-validation).

    Each of the five leaves out another fifth of the customers, and is tested with these.
    """

    def __init__(self, dataset: str) -> None:
        rows = list(read(dataset))
        outcomes = [outcome for _, _, outcome in rows]
        if len(rows) < FEWEST_ROWS or min(map(outcomes.count, (0, 1))) < FOLDS:
            raise ValueError(
                f"training needs {FEWEST_ROWS} customers: at least {FOLDS} who left (churned is 1) "
                f"and {FOLDS} who stayed (0); {dataset} has {outcomes.count(1)} and {outcomes.count(0)}"
            )
        self._learn = learn = _scikit_learn()
        self._scaler = learn.StandardScaler().fit([features for _, features, _ in rows])
        self._inputs = self._scaler.transform([features for _, features, _ in rows])
        self._outcomes = learn.array(outcomes)
        folds = learn.StratifiedKFold(FOLDS, shuffle=True, random_state=1)
        self._folds = [(self._network(), *fold) for fold in folds.split(self._inputs, outcomes)]
        self._whole = self._network()

    def _network(self) -> Any:
        return self._learn.MLPClassifier((16, 8), learning_rate_init=0.0002, batch_size=32, random_state=1)

    def round(self) -> float:
        """Let each network learn from each of its customers once. Return the loss with the tested ones."""
        losses = []
        for network, learnt, tested in self._folds:
            network.partial_fit(self._inputs[learnt], self._outcomes[learnt], classes=[0, 1])
            guesses = network.predict_proba(self._inputs[tested])
            losses.append(self._learn.log_loss(self._outcomes[tested], guesses))
        self._whole.partial_fit(self._inputs, self._outcomes, classes=[0, 1])
        return round(float(sum(losses)) / FOLDS, 4)

    def accuracy(self) -> float:
        """Return the share of tested customers whose outcome it predicts correctly."""
        scores = [each.score(self._inputs[tested], self._outcomes[tested]) for each, _, tested in self._folds]
        return round(float(sum(scores)) / FOLDS, 4)

    def model(self) -> Model:
        """Return what was learnt, as plain numbers."""
        weights = [each.T.tolist() for each in self._whole.coefs_]
        biases = [each.tolist() for each in self._whole.intercepts_]
        layers = list(zip(weights, biases, strict=True))
        return Model(self._scaler.mean_.tolist(), self._scaler.scale_.tolist(), layers)


def _scikit_learn() -> Any:
    """Return the parts of numpy and scikit-learn that training uses.

    Imported here and not above: workers that do not train start without it, and so does ``make contracts``.
    """
    try:
        from numpy import array
        from sklearn.metrics import log_loss
        from sklearn.model_selection import StratifiedKFold
        from sklearn.neural_network import MLPClassifier
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise RuntimeError(
            "training needs scikit-learn: `make example` installs it, and so does "
            "`poetry install --with example` in python/"
        ) from error
    return SimpleNamespace(
        array=array,
        log_loss=log_loss,
        StratifiedKFold=StratifiedKFold,
        MLPClassifier=MLPClassifier,
        StandardScaler=StandardScaler,
    )
