"""A trained model: a small neural network, in a JSON file that any program can read.

It is not pickled, because a pickled file can run code in the worker that reads it. Evaluating a network this
small is faster than importing numpy, so predicting needs no package.
"""

import json
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import mul

from py_workers.tasks.churn._customers import FEATURES
from py_workers.tasks.churn._files import path_of, replacing

Layer = tuple[list[list[float]], list[float]]
Effects = dict[str, float]


@dataclass(frozen=True)
class Model:
    """The network's layers, each with the weights of its units and their biases, and the scale of inputs."""

    mean: list[float]
    scale: list[float]
    layers: list[Layer]

    def probability(self, features: list[float]) -> float:
        """Return how probable it is that a customer leaves, from 0 to 1."""
        values = [
            (each - mean) / scale for each, mean, scale in zip(features, self.mean, self.scale, strict=True)
        ]
        *hidden, last = self.layers
        for layer in hidden:
            values = [max(0.0, each) for each in _applied(layer, values)]
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, _applied(last, values)[0]))))

    def effects(self, features: list[float]) -> Effects:
        """Return what each feature adds to the probability, compared with an average customer."""
        whole = self.probability(features)
        effects = {}
        for place, name in enumerate(FEATURES):
            average = [*features[:place], self.mean[place], *features[place + 1 :]]
            effects[name] = round(whole - self.probability(average), 4)
        return dict(sorted(effects.items(), key=lambda each: -abs(each[1])))

    def save(self, name: str) -> None:
        """Write the model's file; a file of this name is replaced."""
        with replacing(path_of(name, ".model")) as file:
            json.dump(asdict(self), file)


def load(name: str) -> Model:
    """Read a model's file, once per version of it. Raises FileNotFoundError, without its path."""
    try:
        written = path_of(name, ".model").stat().st_mtime_ns
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no model {name!r}") from None
    return _load(name, written)


@lru_cache(maxsize=16)
def _load(name: str, _written: int) -> Model:
    return Model(**json.loads(path_of(name, ".model").read_text("utf-8")))


def _applied(layer: Layer, values: list[float]) -> list[float]:
    weights, biases = layer
    return [sum(map(mul, unit, values)) + bias for unit, bias in zip(weights, biases, strict=True)]
