"""Bits of least expected loss within budgets, of the user's own figures."""
import json
import math
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import _bitloom
from .checks import (listed, mapped, real, real_or_none, seconds_or_none, text, text_or_none,
                     whole)
from .errors import InputError
from .results import Array, Record, Result, flat, html_of
from .simulation import Progress

Figures = Sequence[Any]  # [layer][choice], or an array [layer][..][..] whose pairs are choices


class Solution:
    """A choice for each layer.

    choices: int64 [layer], indices of the choices.
    labels: their names.
    omega: the sum of the losses of the choices, in the unit that was given.
    costs: the sum of each cost, by name.
    bound: no policy within the budgets is better than this.
    proved_optimal: whether this policy is as good as the bound.
    gap: how far from the bound it is, as a share.
    limit: of a point of `pareto`, what the swept cost was held to; else None.
    """

    def __init__(self, told: Dict[str, Any], labels: Sequence[Sequence[str]],
                 shape: Optional[Tuple[int, ...]], names: Sequence[str]) -> None:
        self._told = told
        self._names = tuple(names)
        self.choices = np.array(told["choices"], dtype=np.int64)
        self.labels = tuple(names[i] for names, i in zip(labels, told["choices"]))
        self.omega: float = told["omega"]
        self.costs: Dict[str, float] = told["cost"]
        self.bound: float = told["bound"]
        self.proved_optimal: bool = told["proved_optimal"]
        self.gap: float = told.get("gap", 0.0)
        self.limit: Optional[float] = told.get("limit")
        self._shape = shape

    @property
    def indices(self) -> Array:
        """int64 [layer][axis]: places in the figures' axes behind the first."""
        if self._shape is None:
            return self.choices.reshape(-1, 1)
        return np.stack(np.unravel_index(self.choices, self._shape), axis=1).astype(np.int64)

    def to_dict(self) -> Dict[str, Any]:
        """As in what `bitloom search --problem --json` writes."""
        return dict(self._told)

    def to_numpy(self) -> Array:
        """int64 [layer]: `choices`."""
        return self.choices

    def records(self) -> List[Record]:
        """A dict a layer: layer, choice (its index) and label."""
        return [{"layer": name, "choice": int(choice), "label": label}
                for name, choice, label in zip(self._names, self.choices, self.labels)]

    def _repr_html_(self) -> str:
        return html_of(repr(self), self.records())

    def __repr__(self) -> str:
        costs = ", ".join(f"{name} {value:.6g}" for name, value in self.costs.items())
        proved = "proved" if self.proved_optimal else f"gap {100 * self.gap:.2g} %"
        return f"Solution of omega {self.omega:.6g} ({proved}), {costs}: {' '.join(self.labels)}"


class Solutions(Result):
    """Points of a frontier, by rising cost; a sequence of Solution."""

    _core: _bitloom.Solved

    def __init__(self, core: _bitloom.Solved, labels: Sequence[Sequence[str]],
                 shape: Optional[Tuple[int, ...]], names: Sequence[str]) -> None:
        super().__init__(core)
        self._points = [Solution(told, labels, shape, names)
                        for told in self.to_dict()["solutions"]]

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, place: int) -> Solution:
        return self._points[place]

    def __iter__(self) -> Iterator[Solution]:
        return iter(self._points)

    def records(self) -> List[Record]:
        """A dict a point: limit, omega, bound, proved_optimal and `cost.NAME`."""
        return [flat({key: value for key, value in point.to_dict().items() if key != "choices"})
                for point in self]

    def __repr__(self) -> str:
        return f"{len(self)} points"


def solve(omega: Figures, costs: Mapping[str, Figures], budgets: Mapping[str, float], *,
          names: Optional[Sequence[str]] = None, labels: Optional[Sequence[Any]] = None,
          ties: Sequence[Sequence[int]] = (), minimize: Optional[str] = None,
          max_omega: Optional[float] = None, time_limit: Optional[float] = None,
          progress: Progress = None) -> Solution:
    """The choices of least total omega within the budgets, proved: HAWQ-V3's integer program.

    omega: the loss expected of each choice, [layer][choice], in any unit; layers may have different
        numbers of choices. An array [layer][w][a] has w * a choices a layer.
    costs: by name, figures of the same shape, each at least 0. A choice of which omega or a cost is
        inf or NaN is not allowed.
    budgets: by a cost's name the most that its sum may be. {}: none.
    names: of the layers.
    labels: of the choices, the same for all layers or [layer][choice].
    ties: lists of layers, by index, that choose alike.
    minimize: a cost to minimize instead of omega.
    max_omega: the limit of omega, where a cost is minimized.
    time_limit: seconds in [1, 604800], then the best so far with its bound and gap; None:
        about a minute's work.
    progress: called with (step, done, of, note) now and then; what it raises ends the work.

    Raises InputError where shapes differ, and where no policy keeps the budgets: it tells the
    least that could be kept.
    """
    problem = _Problem(omega, costs, names, labels, ties)
    core = _bitloom.solve(problem=problem.text(budgets),
                          minimize=text_or_none("minimize", minimize),
                          max_omega=real_or_none("max_omega", max_omega),
                          seconds=seconds_or_none("time_limit", time_limit), progress=progress)
    if core.unsolved:
        raise InputError(core.unsolved[0])
    return Solutions(core, problem.labels, problem.shape, problem.names)[0]


def pareto(omega: Figures, costs: Mapping[str, Figures], cost: Optional[str] = None, *,
           points: int = 20, budgets: Optional[Mapping[str, float]] = None,
           names: Optional[Sequence[str]] = None, labels: Optional[Sequence[Any]] = None,
           ties: Sequence[Sequence[int]] = (), time_limit: Optional[float] = None,
           progress: Progress = None) -> Solutions:
    """The frontier of omega and a cost: `solve` at `points` limits of it, in equal steps from the
    least that can be kept to the cost of the least omega. Each policy is told once.

    cost: its name; None: the first of `costs`.
    points: how many limits, in [2, 10000].
    budgets: of the other costs, which hold at each point.
    time_limit: seconds for each point.

    The others are those of `solve`. Raises InputError where no policy keeps the budgets.
    """
    mapped("costs", costs)
    swept = next(iter(costs), "") if cost is None else text("cost", cost)
    held = dict(mapped("budgets", budgets or {}))
    if swept in held:
        raise InputError(f"budgets: '{swept}' is swept; leave it out")
    count = whole("points", points, 2, 10_000)
    problem = _Problem(omega, costs, names, labels, ties)
    core = _bitloom.pareto(problem=problem.text({swept: problem.most(swept), **held}), points=count,
                           seconds=seconds_or_none("time_limit", time_limit), progress=progress)
    if core.unsolved:
        raise InputError(core.unsolved[0])
    return Solutions(core, problem.labels, problem.shape, problem.names)


def _rows(what: str, figures: Figures) -> List[List[float]]:
    """Figures [layer][choice]; what lies deeper is laid out behind one another."""
    try:
        return [[float(each) for each in np.asarray(layer, dtype=np.float64).ravel()]
                for layer in figures]
    except (OverflowError, TypeError, ValueError):
        raise InputError(f"{what}: must be numbers [layer][choice]") from None


class _Problem:
    """Figures and names as bitloom's problems have them (docs/reference/file-formats.md)."""

    def __init__(self, omega: Figures, costs: Mapping[str, Figures],
                 names: Optional[Sequence[str]], labels: Optional[Sequence[Any]],
                 ties: Sequence[Sequence[int]]) -> None:
        mapped("costs", costs)
        self.omega = _rows("omega", omega)
        self.costs = {text("costs", name): _rows(f"costs '{name}'", figures)
                      for name, figures in costs.items()}
        for name, rows in self.costs.items():
            if [len(row) for row in rows] != [len(row) for row in self.omega]:
                raise InputError(f"costs '{name}': must have the shape of omega, "
                                 f"{_shape_text(self.omega)}, got {_shape_text(rows)}")
        shape = getattr(omega, "shape", None)
        self.shape: Optional[Tuple[int, ...]] = shape[1:] if shape and len(shape) > 2 else None
        count = len(self.omega)
        self.names = [f"layer {i}" for i in range(count)] if names is None else [
            text("names", name) for name in listed("names", names)]
        if len(self.names) != count:
            raise InputError(f"names: must be {count}, one a layer, got {len(self.names)}")
        self.labels = self._labels(labels)
        self.ties = [[whole("ties", layer) for layer in listed("ties", tie)]
                     for tie in listed("ties", ties)]

    def _labels(self, labels: Optional[Sequence[Any]]) -> List[List[str]]:
        counts = [len(row) for row in self.omega]
        if labels is None:
            return [[self._place(i) for i in range(count)] for count in counts]
        labels = listed("labels", labels)
        shared = all(isinstance(label, str) or not hasattr(label, "__len__") for label in labels)
        texts = [[text("labels", str(label)) for label in (labels if shared else labels[i])]
                 for i in range(len(counts) if shared else len(labels))]
        if [len(row) for row in texts] != counts:
            raise InputError("labels: must be one for each choice, the same for all layers or "
                             "[layer][choice]")
        return texts

    def _place(self, choice: int) -> str:
        """A choice by its place in the figures' axes: `3`, or `3/5`."""
        if self.shape is None:
            return str(choice)
        return "/".join(str(place) for place in np.unravel_index(choice, self.shape))

    def most(self, cost: str) -> float:
        """No policy costs more."""
        return sum(max((value for value in row if math.isfinite(value)), default=0.0)
                   for row in self.costs.get(cost, []))

    def text(self, budgets: Mapping[str, float]) -> str:
        mapped("budgets", budgets)
        for name, value in budgets.items():
            text("budgets", name)
            if not math.isfinite(real(f"budgets '{name}'", value)):
                raise InputError(f"budgets '{name}': must be a finite number, got {value}")
        return json.dumps({
            "schema": 1,
            "layers": [self._layer(i) for i in range(len(self.omega))],
            "ties": self.ties,
            "budgets": [{"name": "budgets",
                         "limits": {name: float(value) for name, value in budgets.items()}}],
        }, ensure_ascii=False)

    def _layer(self, i: int) -> Dict[str, Any]:
        choices, allowed = [], []
        for j, label in enumerate(self.labels[i]):
            figures = [self.omega[i][j], *(rows[i][j] for rows in self.costs.values())]
            runs = all(math.isfinite(figure) for figure in figures)
            omega, *costs = figures if runs else [0.0] * len(figures)
            choices.append({"label": label, "omega": omega, "cost": dict(zip(self.costs, costs))})
            if runs:
                allowed.append(label)
        if not allowed:
            raise InputError(f"'{self.names[i]}': no choice has finite figures")
        return {"name": self.names[i], "choices": choices, "allowed": allowed}


def _shape_text(rows: List[List[float]]) -> str:
    lengths = sorted({len(row) for row in rows})
    return f"{len(rows)} layers of {' or '.join(map(str, lengths))} choices"
