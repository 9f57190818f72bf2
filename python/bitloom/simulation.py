"""What a network costs on a machine."""
from typing import Any, Callable, Iterable, List, Optional, Sequence, Union

import numpy as np

from . import _bitloom
from .checks import text, whole, whole_or_none
from .configs import hardware_folder
from .errors import InputError
from .hardware import HardwareLike, hardware_of
from .network import NetworkLike, network_of
from .policy import BitsLike, Pair, choice_of
from .results import Array, Record, Result, flat

Progress = Optional[Callable[[str, float, int, str], object]]
Layers = Union[str, int, Sequence[Union[str, int]], Array, None]


class Simulation(Result):
    """Costs of a network's layers, all of the whole batch; `macs` and `bops` are of one image.

    `to_dict()` is what `bitloom simulate --json` writes; `records()` has a dict a layer with
    `cycles`, `latency_ms`, `energy_pj.compute`, `dram_bytes` and so on
    (docs/guide/outputs.md), for pandas.DataFrame.
    """

    _core: _bitloom.Simulation

    @property
    def network(self) -> str:
        """The name of the network."""
        return self._core.network

    @property
    def hardware(self) -> str:
        """The name of the machine, with what is set."""
        return self._core.hardware

    @property
    def batch(self) -> int:
        """Images priced together."""
        return self._core.batch

    @property
    def cycles(self) -> int:
        """Cycles of the array's clock, of all layers."""
        return self._core.cycles

    @property
    def latency_ms(self) -> float:
        """Milliseconds of the whole batch, of all layers."""
        return self._core.latency_ms

    @property
    def energy_mj(self) -> float:
        """Millijoules of the whole batch, of all layers."""
        return self._core.energy_mj

    @property
    def dram_bytes(self) -> int:
        """Bytes that go to and from DRAM."""
        return self._core.dram_bytes

    def records(self) -> List[Record]:
        """A dict a layer: its name, bits, cycles, energies and bytes."""
        return [flat(layer) for layer in self.to_dict()["layers"]]

    def to_csv(self) -> str:
        """The text that `bitloom simulate --csv` writes."""
        return self._core.csv()

    def __repr__(self) -> str:
        return (f"Simulation of {self.network} on {self.hardware}, batch {self.batch}: "
                f"{self.latency_ms:.6g} ms, {self.energy_mj:.6g} mJ")


def engine_names() -> List[str]:
    """Engines that calls take."""
    return _bitloom.engine_names()


def engine_of(engine: str, stalls: Optional[int], jobs: Optional[int]) -> Any:
    return _bitloom.EngineChoice(engine=text("engine", engine),
                                 stalls=whole_or_none("stalls", stalls, 0),
                                 jobs=whole_or_none("jobs", jobs, 1, 1024))


def selection(layers: Layers, count: int) -> List[str]:
    """Layers of `count` as the commands take them, [] for None; a text has commas, as theirs."""
    if layers is None:
        return []
    given = layers.tolist() if isinstance(layers, (np.ndarray, np.generic)) else layers
    if isinstance(given, str):
        return text("layers", given).split(",")
    asked = list(given) if isinstance(given, Iterable) else [given]
    if not asked:
        raise InputError("layers: is empty; None is all of them")
    return [text("layers", each) if isinstance(each, str) else _index(each, count)
            for each in asked]


def _index(layer: Any, count: int) -> str:
    """A layer by its place, the last by -1: a range of one, which no layer's name is likely to be.
    """
    place = whole("layers", layer, -count, count - 1) % count
    return f"{place}-{place}"


def simulate(network: NetworkLike, hardware: HardwareLike, bits: BitsLike = None, *,
             edge_layers: Optional[Pair] = None, batch: Optional[int] = None,
             layers: Layers = None, engine: str = "analytic",
             stalls: Optional[int] = None, jobs: Optional[int] = None,
             progress: Progress = None) -> Simulation:
    """Prices every layer of a network on a machine, as `bitloom simulate` does.

    network: a Network, or what makes one. Loading takes longer than pricing: in loops, load once.
    hardware: a Hardware, or what makes one.
    bits: of every layer, 4, "4/6" or (weights, activations); a Policy, a dict by layers' names, a
        list of pairs, the path of a policy, or "model", the bits of a file of ONNX; None: 8/8.
    edge_layers: bits of the first and the last layer.
    batch: images priced together; None: the machine's own.
    layers: some of the layers: names, patterns such as "layer1.*", ranges such as "3-7", or
        indices, of which negative ones count from the end; one or a list. None: all.
    engine: "analytic", closed forms, or "cycle", event by event.
    stalls: a seed: memory answers late at random (cycle).
    jobs: processes that share the work (cycle); None: all processors.
    progress: called with (step, done, of, note) now and then; what it raises ends the work.

    Other Python threads run meanwhile; Ctrl-C ends the work. The cycle engine runs in one thread at
    a time. Raises InputError, UnsupportedError where the machine cannot run a layer, ResourceError.
    """
    return _simulate(network, hardware, bits, edge_layers, batch, layers,
                     engine_of(engine, stalls, jobs), False, progress)


def explain(network: NetworkLike, hardware: HardwareLike, bits: BitsLike = None, *,
            edge_layers: Optional[Pair] = None, batch: Optional[int] = None,
            layers: Layers = None, engine: str = "analytic",
            stalls: Optional[int] = None, jobs: Optional[int] = None,
            progress: Progress = None) -> Simulation:
    """`simulate` with what bounds each layer, as `bitloom simulate --explain` tells it.

    Printed, it also has the tables of bounds, of lifted limits, of energy constants, and of
    machines that could be built. `to_dict()` has them as "lifted_cycles", "sensitivity",
    "changes" and, of each layer, "roofline" and "bound_by" (docs/guide/explain.md).
    """
    return _simulate(network, hardware, bits, edge_layers, batch, layers,
                     engine_of(engine, stalls, jobs), True, progress)


def _simulate(network: NetworkLike, hardware: HardwareLike, bits: BitsLike,
              edge_layers: Optional[Pair], batch: Optional[int], layers: Layers,
              engine: Any, explained: bool, progress: Progress) -> Simulation:
    of = network_of(network)
    machine = hardware_of(hardware)._core
    if batch is not None:
        machine = machine.at(whole("batch", batch, 1, 65536))
    return Simulation(_bitloom.simulate(
        network=of._core, hardware=machine, policy=choice_of(bits, of, edge_layers).core,
        layers=selection(layers, len(of)), engine=engine, explain=explained,
        folder=hardware_folder(), progress=progress))
