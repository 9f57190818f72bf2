"""Networks."""
import copy
import csv
import io
import os
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from . import _bitloom, checks
from .checks import whole, whole_or_none
from .errors import InputError
from .results import Record, Result, flat, width

NetworkLike = Union["Network", str, "os.PathLike[str]", Sequence[Mapping[str, Any]]]
_TABLES = (".csv", ".yaml", ".yml")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return "x".join(str(side) for side in value)
    if isinstance(value, str):
        return checks.text("network", value)
    return int(value) if isinstance(value, bool) else value


def _csv(layers: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(checks.text("network", key) for i, layer in enumerate(layers)
                                 for key in checks.mapped(f"network[{i}]", layer)))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for layer in layers:
        writer.writerow([_cell(layer.get(column)) for column in columns])
    return text.getvalue()


def _extent(size: Any) -> Optional[Tuple[int, int]]:
    if size is None:
        return None
    sides = tuple(size) if isinstance(size, (list, tuple, np.ndarray)) else (size, size)
    if len(sides) != 2:
        raise InputError(f"image_size {size!r}: must be N or (height, width)")
    return (whole("image_size", sides[0], 1, 1 << 14), whole("image_size", sides[1], 1, 1 << 14))


def _shapes(inputs: Optional[Mapping[str, Sequence[int]]]) -> Optional[Dict[str, List[int]]]:
    if inputs is None:
        return None
    checks.mapped("inputs", inputs)
    return {checks.text("inputs", name): [whole(f"inputs '{name}'", side)
                                          for side in checks.listed(f"inputs '{name}'", shape)]
            for name, shape in inputs.items()}


class Network(Result):
    """A network: one of the zoo, a file of ONNX, a table of layers, or a list of layers.

    source: a name (`bitloom.network_names()`), the path of a .onnx, .csv or .yaml file, or a list
        of dicts with the columns of a table of layers: {"layer": "a", "kind": "conv", "K": 3,
        "I": 32, "P": 1, "S": 1, "IC": 16, "OC": 32}. Sides are N, or (height, width).
    image_size: N or (height, width) of a network of the zoo; None: as it was published.
    classes: outputs of its last layer; None: as published.
    inputs: shapes of inputs that a file of ONNX leaves open: {"x": (1, 3, 224, 224)}.
    name: of a list of layers.

    Raises InputError, which names what is unknown, or the layer and what is wrong of it.
    """

    _core: _bitloom.Network

    def __init__(self, source: Union[str, "os.PathLike[str]", Sequence[Mapping[str, Any]]], *,
                 image_size: Union[int, Sequence[int], None] = None,
                 classes: Optional[int] = None,
                 inputs: Optional[Mapping[str, Sequence[int]]] = None,
                 name: Optional[str] = None) -> None:
        is_list = isinstance(source, (list, tuple))
        if not is_list and not isinstance(source, (str, os.PathLike)):
            raise TypeError(f"network: must be a name, a path or a list of layers, got {source!r}")
        checks.text_or_none("name", name)
        if not is_list and name is not None:
            raise InputError(f"name: goes with a list of layers; {source} has its own")
        place = (name or "network") if is_list else os.fspath(source)  # type: ignore[arg-type]
        told = checks.path("network", place)
        is_table = is_list or place.lower().endswith(_TABLES)
        for option, value in (("image_size", image_size), ("classes", classes), ("inputs", inputs)):
            if is_table and value is not None:
                raise InputError(f"{option}: goes with no table of layers; leave it out")
        sides = _extent(image_size)
        shapes = _shapes(inputs)
        try:
            core = _bitloom.Network(
                name=told, table=told if is_table else None,
                table_text=_csv(source) if is_list else None,  # type: ignore[arg-type]
                image_size=sides, classes=whole_or_none("classes", classes, 1, 1 << 20),
                inputs=shapes or {})
        except InputError as wrong:
            if not is_list:
                raise
            raise InputError(_without_lines(place, str(wrong))) from None
        super().__init__(core)
        self._arguments: Tuple[Any, Dict[str, Any]] = (
            copy.deepcopy(source),  # as it is now: the list may be changed later
            {"image_size": sides, "classes": classes, "inputs": shapes, "name": name})
        self._is_table = is_table
        self._names: Tuple[str, ...] = tuple(core.layer_names)

    def arguments(self) -> List[str]:
        """The options of the commands that tell this network; InputError where it is a table."""
        source, options = self._arguments
        if not isinstance(source, (str, os.PathLike)) or self._is_table:
            raise InputError(f"{self.name}: must be a network of the zoo or a file of ONNX, "
                             "not a table of layers")
        told = ["--network", os.fspath(source)]
        if options["image_size"] is not None:
            told += ["--image-size", "x".join(map(str, _extent(options["image_size"]) or ()))]
        if options["classes"] is not None:
            told += ["--classes", str(options["classes"])]
        for name, shape in (options["inputs"] or {}).items():
            told += ["--input", f"{name}={','.join(map(str, shape))}"]
        return told

    def __reduce__(self) -> Any:
        return _again, self._arguments

    @property
    def name(self) -> str:
        """The name: of the zoo, of the file, or the one that was given."""
        return self._core.name

    @property
    def input(self) -> Tuple[int, ...]:
        """The shape of an image: (channels, height, width) or (features,); () of a table."""
        return tuple(self._core.input)

    @property
    def layer_names(self) -> Tuple[str, ...]:
        """Layers that have bits, in the order in which they run."""
        return self._names

    def __len__(self) -> int:
        return len(self._names)

    def to_json(self) -> str:
        """What `bitloom describe network --json` writes."""
        return self._core.json(_uniform())

    def records(self) -> List[Record]:
        """A dict a layer: its kind, shape, weights, MACs."""
        return [flat(layer) for layer in self.to_dict()["layers"]]

    def __str__(self) -> str:
        return self._core.text(_uniform(), width())

    def __repr__(self) -> str:
        return f"Network({self.name!r}, {len(self)} layers)"


def _again(source: Any, options: Mapping[str, Any]) -> Network:
    """A network that comes from another process."""
    return Network(source, **options)


def _uniform() -> Any:
    return _bitloom.PolicyChoice(bits=None, file=None, listed=None, name="", edge_layers=None,
                                 of_model=False)


def _without_lines(place: str, complaint: str) -> str:
    """`network:3: K: ...` as `network[1]: K: ...`: the list's layer, not the table's line."""
    found = re.match(re.escape(place) + r":(\d+)(?=:)", complaint)
    if not found or int(found[1]) < 2:
        return complaint
    return f"{place}[{int(found[1]) - 2}]{complaint[found.end():]}"


def network_of(network: NetworkLike) -> Network:
    """The network, loaded where it is not."""
    return network if isinstance(network, Network) else Network(network)


def network_names() -> List[str]:
    """Networks of the zoo."""
    return _bitloom.network_names()
