"""Costs of every layer at every pair of bits."""
import io
import json
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from . import _bitloom
from .checks import whole
from .configs import hardware_folder
from .errors import InputError
from .hardware import HardwareLike, hardware_of
from .network import NetworkLike, network_of
from .results import Array, Record, html_of
from .simulation import Progress, engine_of

_UNITS = {"cycles": "cycles", "energy_pj": "pJ", "dram_bytes": "bytes"}


class CostTable:
    """A cost of every layer at every pair of bits, for the whole batch.

    `to_numpy()` is the array [layer][weight bits - 1][activation bits - 1] that `bitloom lut`
    writes; `table[name, w, a]` is an entry. `names` are the layers', `metric` and `unit` what it
    holds. Entries at which a layer cannot be mapped are inf, `refused` is their number.
    """

    def __init__(self, core: _bitloom.CostTable, metric: str) -> None:
        self._core = core
        self._metric = metric
        self._array: Array = np.load(io.BytesIO(core.npy(metric)))
        self._array.flags.writeable = False
        self._names: Tuple[str, ...] = tuple(self.to_dict()["layers"])

    @property
    def metric(self) -> str:
        """cycles, energy_pj or dram_bytes."""
        return self._metric

    @property
    def unit(self) -> str:
        """The metric's unit: cycles, pJ or bytes."""
        return _UNITS[self._metric]

    @property
    def names(self) -> Tuple[str, ...]:
        """The layers, by the first index."""
        return self._names

    @property
    def refused(self) -> int:
        """Pairs of bits at which a layer cannot be mapped."""
        return self._core.refused

    def of(self, metric: str) -> "CostTable":
        """The same entries in another metric, which is not priced again."""
        return CostTable(self._core, metric)

    def to_numpy(self) -> Array:
        """int64 or float64 [layer][weight bits - 1][activation bits - 1], not to be written to."""
        return self._array

    def __getitem__(self, entry: Tuple[str, int, int]) -> Any:
        name, weights, activations = entry
        most = self._array.shape[1]
        for bits in (weights, activations):
            if not 1 <= bits <= most:
                raise InputError(f"bits {bits}: the table has 1 to {most}")
        if name not in self._names:
            raise KeyError(name)
        return self._array[self._names.index(name), weights - 1, activations - 1].item()

    def to_json(self) -> str:
        """The text that `bitloom lut` writes beside the table."""
        return self._core.json(self._metric)

    def to_dict(self) -> Dict[str, Any]:
        """What `bitloom lut` writes beside the table: names of the layers, hardware."""
        told: Dict[str, Any] = json.loads(self.to_json())
        return told

    def records(self) -> List[Record]:
        """A dict an entry: layer, weight_bits, activation_bits and the metric."""
        return [{"layer": name, "weight_bits": w + 1, "activation_bits": a + 1,
                 self._metric: self._array[i, w, a].item()}
                for i, name in enumerate(self._names)
                for w in range(self._array.shape[1]) for a in range(self._array.shape[2])]

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        layers, weights, activations = self._array.shape
        return (f"CostTable of {self._metric}: {layers} layers x {weights} weight bits x "
                f"{activations} activation bits")

    def __str__(self) -> str:
        """Each layer at equal bits."""
        widths = range(self._array.shape[1])
        longest = max(map(len, self._names))
        head = [f"{b + 1}/{b + 1}" for b in widths]
        rows = [[f"{self._array[i, b, b]:.6g}" for b in widths] for i in range(len(self))]
        sizes = [max(len(row[b]) for row in [head, *rows]) for b in widths]
        lines = [f"{name:<{longest}} " + " ".join(f"{c:>{s}}" for c, s in zip(row, sizes))
                 for name, row in zip(["layer", *self._names], [head, *rows])]
        return "\n".join([f"{self!r}, at equal bits in {self.unit}", *lines])

    def _repr_html_(self) -> str:
        widths = range(self._array.shape[1])
        return html_of(f"{self!r}, at equal bits in {self.unit}", [
            {"layer": name, **{f"{b + 1}/{b + 1}": self._array[i, b, b].item() for b in widths}}
            for i, name in enumerate(self._names)])


def metric_names() -> List[str]:
    """Metrics that `cost_table` takes."""
    return _bitloom.metric_names()


def cost_table(network: NetworkLike, hardware: HardwareLike, metric: str = "cycles", *,
               max_bits: int = 8, batch: Optional[int] = None, engine: str = "analytic",
               stalls: Optional[int] = None, jobs: Optional[int] = None,
               progress: Progress = None) -> CostTable:
    """Costs of every layer at every pair of bits up to `max_bits`, as `bitloom lut` tabulates them.

    metric: "cycles", "energy_pj" or "dram_bytes"; `CostTable.of` gives the others.
    max_bits: both bits run from 1 to this, 16 at most.

    The others are those of `simulate`. Raises InputError, and UnsupportedError where a layer cannot
    be mapped at any pair.
    """
    if metric not in _bitloom.metric_names():
        raise InputError(f"metric '{metric}': must be one of {', '.join(_bitloom.metric_names())}")
    machine = hardware_of(hardware)._core
    if batch is not None:
        machine = machine.at(whole("batch", batch, 1, 65536))
    core = _bitloom.cost_table(
        network=network_of(network)._core, hardware=machine,
        max_bits=whole("max_bits", max_bits, 1, 16),
        engine=engine_of(engine, stalls, jobs), folder=hardware_folder(), progress=progress)
    return CostTable(core, metric)
