"""Machines of a space that nothing beats."""
import os
from typing import List, Optional, Sequence

from . import _bitloom
from .checks import SEEDS, Path, listed, path, text_or_none, whole, whole_or_none
from .configs import hardware_folder
from .hardware import Hardware
from .results import Record, Result, flat, width
from .simulation import Progress

_READABLE = 80  # columns of the command's table that goes to no terminal
_TERMINALS = 1000  # wider is none


class Exploration(Result):
    """The points of a store and their front; `to_dict()` is what `bitloom explore --json` writes.

    `records()` has a dict a point of the front: its number, `settings.KEY` of each knob, and the
    costs, the best in the first objective first.
    """

    _core: _bitloom.Exploration

    @classmethod
    def load(cls, store: Path, where: Optional[str] = None) -> "Exploration":
        """What a store holds: its front, or that of the points for which `where` holds, such as
        "lut < 40000 and energy_mj < 3"."""
        return cls(_bitloom.explored(path("store", store), text_or_none("where", where)))

    def where(self, condition: str) -> "Exploration":
        """The front of those points of the store for which a condition holds."""
        return Exploration.load(self.to_dict()["store"], condition)

    def machine(self, point: int) -> Hardware:
        """The machine of a point of the store, by its number."""
        return Hardware.from_yaml(self.to_yaml(point), name=f"point-{point}")

    def to_yaml(self, point: int) -> str:
        """A point's machine as a hardware description, as `bitloom explore --point` writes it."""
        return _bitloom.point_yaml(self.to_dict()["store"], whole("point", point),
                                   hardware_folder())

    def records(self) -> List[Record]:
        """A dict a point of the front: number, settings and costs, by dotted names."""
        return [flat(point) for point in self.to_dict()["front"]]

    def to_csv(self) -> str:
        """The text that `bitloom explore --csv` writes."""
        return self._core.csv()

    def __str__(self) -> str:
        columns = width()
        return self._core.text(columns if columns < _TERMINALS else _READABLE)

    def __repr__(self) -> str:
        told = self.to_dict()
        return (f"Exploration of {told['space']}: {told['points']} points, "
                f"{told['feasible']} feasible, {len(told['front'])} on the front")


def strategy_names() -> List[str]:
    """Strategies that `explore` takes."""
    return _bitloom.strategy_names()


def explore(space: Path, store: Path, *, strategy: Optional[str] = None,
            evaluations: Optional[int] = None, seed: int = 1, jobs: int = 1,
            shard: Sequence[int] = (1, 1), progress: Progress = None) -> Exploration:
    """Evaluates machines of a space and tells those that nothing beats, as `bitloom explore` does.

    space: the path of a space, or a name in configs/spaces (docs/guide/exploration.md).
    store: the file of points, made, or gone on with: what it has is not evaluated again.
    strategy: one of `strategy_names()`; None: exhaustive up to 10^6 points, then nsga2.
    evaluations: points that a strategy other than exhaustive asks for; None: 2000.
    seed: of what strategies draw.
    jobs: processes that evaluate.
    shard: (i, n), the i-th of n parts alone.
    progress: called with (step, done, of, note) now and then; what it raises ends the work.

    Ctrl-C ends it; the same call goes on. Raises InputError where the space or the store is wrong.
    """
    if len(listed("shard", shard)) != 2:
        raise TypeError(f"shard: must be (i, n), got {shard!r}")
    return Exploration(_bitloom.explore(
        space=path("space", space), store=path("store", store),
        strategy=text_or_none("strategy", strategy),
        evaluations=whole_or_none("evaluations", evaluations, 1, 10**9),
        seed=whole("seed", seed, *SEEDS), jobs=whole("jobs", jobs, 1, 1024),
        shard=(whole("shard", shard[0]), whole("shard", shard[1])),
        folder=hardware_folder(), progress=progress))
