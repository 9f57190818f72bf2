"""Bits of least expected loss within budgets, by sensitivities."""
import contextlib
import json
import os
import tempfile
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from . import _bitloom
from .checks import (Path, listed, path, path_or_none, plain, real, seconds_or_none, text, whole,
                     whole_or_none)
from .configs import hardware_folder
from .errors import InputError
from .hardware import HardwareLike, hardware_of
from .network import Network, NetworkLike, network_of
from .policy import Pair, Policy, bits_of
from .results import Record, Result, flat
from .simulation import Progress, engine_of

Budgets = Union[Mapping[str, Any], Sequence[str]]
Widths = Union[str, int, Sequence[int]]
_SENSITIVITY = "sensitivity.json"


class FoundPolicy(Result):
    """A policy and what it loses and costs; `to_dict()` is what `bitloom search --json` writes."""

    _core: _bitloom.FoundPolicy

    def __init__(self, core: _bitloom.FoundPolicy, network: Network) -> None:
        super().__init__(core)
        self._network = network

    @property
    def policy(self) -> Policy:
        """The bits of each layer."""
        return Policy(self._core.bits, self._network)

    @property
    def omega(self) -> float:
        """The expected loss, in the unit of the sensitivities."""
        return float(self.to_dict()["omega"])

    def frontier(self) -> List[Dict[str, Any]]:
        """A dict a point, where points were asked for: limit, omega, costs and the policy."""
        points: List[Dict[str, Any]] = json.loads(self._core.frontier_json())["points"]
        return points

    def records(self) -> List[Record]:
        """A dict a layer: its bits, what they lose and cost."""
        return [flat(layer) for layer in self.to_dict()["layers"]]

    def __repr__(self) -> str:
        return f"FoundPolicy of {self._network.name}: omega {self.omega:.6g}"


def search(network: NetworkLike, hardware: HardwareLike,
           sensitivity: Union[Path, Mapping[str, Any]], budgets: Budgets = (), *,
           method: str = "hawq-v3", weight_bits: Widths = "2-8", activation_bits: Widths = "2-8",
           edge_layers: Optional[Pair] = None, constraints: Optional[Path] = None,
           minimize: Optional[str] = None, max_omega: Optional[float] = None,
           points: Optional[int] = None, folder: Optional[Path] = None,
           time_limit: Optional[float] = None, engine: str = "analytic",
           stalls: Optional[int] = None, jobs: Optional[int] = None,
           progress: Progress = None) -> FoundPolicy:
    """The bits of least expected loss within budgets, as `bitloom search` by sensitivities.

    sensitivity: the file that `bitloom sensitivity` writes, or what is in it as a dict.
    budgets: {"latency": "0.6x", "size": "1.2MB"}: limits with their units, x: of the cost at 8/8.
    method: "hawq-v3", "hawq-v2" or "hawq".
    weight_bits: widths that weights may have, "2-8" or [2, 4, 8].
    activation_bits: widths that activations may have.
    edge_layers: bits of the first and the last layer; None or "free": as those of the others.
    constraints: a file with widths of single layers, and layers that choose alike.
    minimize: "latency", "energy", "dram", "size" or "bops" in place of omega, within `max_omega`.
    max_omega: the limit of omega that `minimize` needs.
    points: of a frontier of the first budget, for which `folder` is needed.
    folder: the run's, which is written as the command writes it.
    time_limit: seconds in [1, 604800], then the best so far.

    The others are those of `simulate`. Raises InputError where no policy keeps the budgets:
    it names what could be kept.
    """
    if (minimize is None) != (max_omega is None):
        raise InputError("minimize and max_omega: each needs the other")
    of = network_of(network)
    with tempfile.TemporaryDirectory() as temporary, _named(temporary):
        core = _bitloom.search(
            network=of._core, hardware=hardware_of(hardware)._core,
            sensitivity=_file(sensitivity, temporary), budgets=_texts(budgets),
            method=text("method", method), weight_bits=_list("weight_bits", weight_bits),
            activation_bits=_list("activation_bits", activation_bits),
            edge_layers=_edges(edge_layers),
            constraints=path_or_none("constraints", constraints),
            minimize=None if minimize is None else (text("minimize", minimize),
                                                    real("max_omega", max_omega)),
            points=whole_or_none("points", points, 2, 10_000),
            run_folder=path_or_none("folder", folder),
            seconds=seconds_or_none("time_limit", time_limit),
            engine=engine_of(engine, stalls, jobs), folder=hardware_folder(), progress=progress)
    return FoundPolicy(core, of)


def _edges(edge_layers: Optional[Pair]) -> Optional[Tuple[int, int]]:
    is_free = edge_layers is None or (isinstance(edge_layers, str) and edge_layers == "free")
    return None if is_free else bits_of(edge_layers, "edge-layers")  # type: ignore[arg-type]


@contextlib.contextmanager
def _named(folder: str) -> Iterator[None]:
    """Complaints of the sensitivities that are written to `folder` name the argument instead."""
    try:
        yield
    except InputError as wrong:
        place = os.path.join(folder, _SENSITIVITY)
        raise type(wrong)(str(wrong).replace(place, "sensitivity")) from None


def _file(sensitivity: Union[Path, Mapping[str, Any]], folder: str) -> bytes:
    if not isinstance(sensitivity, Mapping):
        return path("sensitivity", sensitivity)
    place = os.path.join(folder, _SENSITIVITY)
    with open(place, "w", encoding="utf-8") as file:
        json.dump(sensitivity, file, default=plain)
    return os.fsencode(place)


def _texts(budgets: Budgets) -> List[str]:
    if isinstance(budgets, Mapping):
        return [text("budgets", f"{name}={value}") for name, value in budgets.items()]
    asked = budgets.split(",") if isinstance(budgets, str) else listed("budgets", budgets)
    return [text("budgets", each) for each in asked]


def _list(name: str, widths: Widths) -> str:
    given = widths.tolist() if isinstance(widths, (np.ndarray, np.generic)) else widths
    asked = given if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    return ",".join(text(name, each) if isinstance(each, str) else str(whole(name, each))
                    for each in asked)
