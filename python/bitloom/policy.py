"""Bits of a network's layers."""
import json
import numbers
import os
import re
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import _bitloom, checks
from .errors import InputError
from .network import Network, NetworkLike, network_of
from .results import Array, Record, html_of


_MOST = 1 << 16  # far beyond any bits: what is wrong of less the extension tells


class Bits(NamedTuple):
    """Bits of a layer: of its weights, and of the activations that it reads."""

    weights: int
    activations: int


Pair = Union[int, str, Sequence[int]]
BitsLike = Union["Policy", Pair, "os.PathLike[str]", Mapping[str, Pair], Sequence[Sequence[int]],
                 Array, None]


def bits_of(value: Pair, what: str = "bits") -> Bits:
    """4, "4/6" or (4, 6) as Bits; InputError where it is none of them."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, str):
        return Bits(*_bitloom.parse_bits("--" + what, checks.text(what, value)))
    if isinstance(value, Sequence) and len(value) != 2:
        raise InputError(f"{what} {value!r}: must be a pair (weight bits, activation bits)")
    pair = value if isinstance(value, Sequence) else (value, value)
    bits = Bits(checks.unbounded(what, pair[0]), checks.unbounded(what, pair[1]))
    largest = max(abs(width) for width in bits)
    if largest > _MOST:
        shown = f" {bits.weights}/{bits.activations}" if largest < 10**30 else ""
        raise InputError(f"{what}{shown}: must be in [1, 16]")
    return bits


def _haq_pair(value: Pair) -> Bits:
    """Bits of an entry of HAQ's lists, where -1 means 8."""
    return Bits(*(8 if width == -1 else width for width in bits_of(value)))


class Policy(Mapping[str, Bits]):
    """Bits of each layer of a network, a dict from layers' names to Bits.

    layers: a dict from names to bits (4, "4/6" or (4, 6)), or pairs in the order of the layers, a
        list or an array, in which -1 means 8, as in HAQ's.
    network: the network, or its name.

    `policy["conv1"] = 8, 4` changes a layer. Raises InputError where a layer is missing, unknown,
    or has bits that are not in [1, 16], or where layers that share weights differ.
    """

    def __init__(self, layers: Union[Mapping[str, Pair], Sequence[Pair], Array],
                 network: NetworkLike) -> None:
        of = network_of(network)
        if isinstance(layers, Mapping):
            listed = _in_order(layers, of.layer_names)
        else:
            listed = [_haq_pair(pair) for pair in checks.listed("layers", layers)]
        self._set(Choice(listed=listed).listed_for(of), of)

    def _set(self, bits: Sequence[Tuple[int, int]], network: Network) -> None:
        self._network = network
        self._bits = [Bits(*pair) for pair in bits]

    @classmethod
    def of(cls, bits: BitsLike, network: NetworkLike, *,
           edge_layers: Optional[Pair] = None) -> "Policy":
        """The bits of every layer as `simulate` takes them: 4, "4/6", a file, a list, "model".

        edge_layers: bits of the first and the last layer.
        """
        of = network_of(network)
        policy = cls.__new__(cls)
        policy._set(choice_of(bits, of, edge_layers).listed_for(of), of)
        return policy

    @classmethod
    def load(cls, path: Union[str, "os.PathLike[str]"], network: NetworkLike, *,
             format: Optional[str] = None, activations: Optional[int] = None,
             rename: Optional[Mapping[str, str]] = None, entry: str = "") -> "Policy":
        """Reads bitloom's JSON, HAQ's [[w, a], ...] as text or NumPy array, a log of HAQ's, NNCF's
        configuration, AIMET's encodings, or HAWQ's bit_config.py.

        format: "bitloom", "haq", "nncf", "aimet" or "hawq"; None recognizes it.
        activations: activation bits of the layers of which the file does not say them.
        rename: names of the file's to the layers'; * stands for anything: {"backbone.*": "*"}.
        entry: the configuration, of a file of HAWQ's with several.
        """
        return cls._imported(checks.path("path", path), None, network, format, activations,
                             rename or {}, entry)

    @classmethod
    def _imported(cls, path: Union[str, bytes], text: Optional[str], network: NetworkLike,
                  format: Optional[str], activations: Optional[int], rename: Mapping[str, str],
                  entry: str) -> "Policy":
        of = network_of(network)
        policy = cls.__new__(cls)
        policy._set(_bitloom.import_policy(
            of._core, path, text, None if format is None else checks.text("format", format),
            checks.whole_or_none("activations", activations, 1, 16),
            [(checks.text("rename", old), checks.text("rename", new))
             for old, new in rename.items()], checks.text("entry", entry)), of)
        return policy

    @classmethod
    def from_nncf(cls, entries: Any, network: NetworkLike, activations: int = 8) -> "Policy":
        """Weights' bits of NNCF's "bitwidth_per_scope", [[bits, scope], ...], or of a configuration
        as a dict that has it somewhere.

        entries: such a list, or a dict.
        activations: bits of every layer's input. NNCF quantizes the results of operators, whose
            scopes do not tell which layers read them, so that those entries are passed over.
        """
        try:
            text = json.dumps(entries, default=checks.plain)
        except (TypeError, ValueError, RecursionError) as wrong:
            raise InputError(f"nncf: must be [[bits, scope], ...], or a configuration: {wrong}"
                             ) from None
        return cls._imported("nncf", text, network, "nncf", activations, {}, "")

    def to_nncf(self, model: Any) -> List[List[Any]]:
        """NNCF's "bitwidth_per_scope" of the weights of a PyTorch model, whose modules have the
        names of the layers."""
        entries: List[List[Any]] = json.loads(
            _bitloom.nncf_entries(self._network._core, self._bits, _modules_of(model)))
        return entries

    @property
    def network(self) -> Network:
        """The network whose layers have these bits."""
        return self._network

    @property
    def pairs(self) -> Sequence[Bits]:
        """The bits in the order of the layers."""
        return self._bits

    def __getitem__(self, name: str) -> Bits:
        return self._bits[self._place(name)]

    def __setitem__(self, name: str, bits: Pair) -> None:
        self.update({name: bits})

    def update(self, layers: Mapping[str, Pair]) -> None:
        """Changes several layers at once, such as all that share their weights."""
        changed = list(self._bits)
        for name, bits in layers.items():
            changed[self._place(name)] = bits_of(bits)
        self._bits = [Bits(*pair) for pair in Choice(listed=changed).listed_for(self._network)]

    def _place(self, name: str) -> int:
        try:
            return self._network.layer_names.index(name)
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._network.layer_names)

    def __len__(self) -> int:
        return len(self._bits)

    def copy(self) -> "Policy":
        """A policy of its own with the same bits."""
        policy = Policy.__new__(Policy)
        policy._set(self._bits, self._network)
        return policy

    def to_list(self) -> List[List[int]]:
        """HAQ's list: [weight bits, activation bits] of each layer in the order of the layers."""
        return [list(bits) for bits in self._bits]

    def to_numpy(self) -> Array:
        """int64 [layer][2]: weight bits, activation bits."""
        return np.array(self._bits, dtype=np.int64).reshape(-1, 2)

    def to_dict(self) -> Dict[str, Any]:
        """What `--policy` of the commands reads: {"network": ..., "layers": [...]}."""
        return {"network": self._network.name, "layers": self.records()}

    def records(self) -> List[Record]:
        """A dict a layer: name, weight_bits, activation_bits."""
        return [{"name": name, "weight_bits": bits.weights, "activation_bits": bits.activations}
                for name, bits in self.items()]

    def save(self, path: Union[str, "os.PathLike[str]"], format: str = "bitloom", *,
             like: Union[str, "os.PathLike[str]", None] = None) -> None:
        """Writes the JSON that `--policy` of the commands reads; nothing is left half written.

        format: or what another program reads: "haq", "hawq", "nncf", "aimet".
        like: a file of NNCF's or AIMET's for this network, of which all but bits is kept; those
            formats need it.

        A link is followed; a pipe or a device is written to. Raises InputError where it cannot be.
        """
        text = _bitloom.export_policy(self._network._core, self._bits,
                                      checks.text("format", format),
                                      None if like is None else checks.path("like", like))
        _bitloom.write_file(checks.path("path", path), text)

    def __str__(self) -> str:
        longest = max(map(len, self))
        return "\n".join(f"{name:<{longest}} {bits.weights}/{bits.activations}"
                         for name, bits in self.items())

    def __repr__(self) -> str:
        return f"Policy of {self._network.name}, {len(self)} layers"

    def _repr_html_(self) -> str:
        return html_of(repr(self), self.records())


def _modules_of(model: Any, name: str = "") -> List[Tuple[str, str]]:
    """The names and classes of a PyTorch model's modules, the model itself first."""
    found = [(name, type(model).__name__)]
    for child, module in model.named_children():
        found += _modules_of(module, f"{name}.{child}" if name else child)
    return found


def _in_order(layers: Mapping[str, Pair], names: Sequence[str]) -> List[Bits]:
    unknown = [name for name in layers if name not in names]
    if unknown:
        raise InputError(f"policy: the network has no layer '{unknown[0]}'")
    missing = [name for name in names if name not in layers]
    if missing:
        raise InputError(f"policy: layer '{missing[0]}' is missing")
    return [bits_of(layers[name]) for name in names]


class Choice:
    """What a policy is asked to be; `core` is the extension's."""

    def __init__(self, bits: Optional[Bits] = None, file: Optional[bytes] = None,
                 listed: Optional[Sequence[Tuple[int, int]]] = None,
                 edge_layers: Optional[Bits] = None, of_model: bool = False,
                 name: str = "policy") -> None:
        self.core = _bitloom.PolicyChoice(bits=bits, file=file, listed=listed, name=name,
                                          edge_layers=edge_layers, of_model=of_model)

    def listed_for(self, network: Network) -> List[Tuple[int, int]]:
        return self.core.bits_of(network._core)


def choice_of(bits: BitsLike, network: Network, edge_layers: Optional[Pair] = None,
              name: str = "policy") -> Choice:
    """`bits` of `network`, whatever form they have."""
    edges = None if edge_layers is None else bits_of(edge_layers, "edge-layers")
    given: Any = bits.tolist() if isinstance(bits, (np.ndarray, np.generic)) else bits
    if isinstance(given, Mapping):
        names = network.layer_names
        listed: Sequence[Bits]
        if isinstance(given, Policy) and given.network.layer_names == names:
            listed = given.pairs
        else:
            listed = _in_order(given, names)
        return Choice(listed=listed, edge_layers=edges, name=name)
    if given is None:
        return Choice(edge_layers=edges)
    if isinstance(given, str) and given == "model":
        return Choice(of_model=True, edge_layers=edges)
    if isinstance(given, os.PathLike) or (isinstance(given, str)
                                          and not re.fullmatch(r"[\d/]*", given)):
        return Choice(file=checks.path("bits", given), edge_layers=edges)
    if isinstance(given, str) or not _is_list_of_pairs(given):
        return Choice(bits=bits_of(given), edge_layers=edges)
    return Choice(listed=[_haq_pair(pair) for pair in given], edge_layers=edges, name=name)


def _is_list_of_pairs(bits: Any) -> bool:
    """A pair is two numbers; a list of pairs holds pairs."""
    try:
        return len(bits) != 2 or not all(isinstance(each, numbers.Integral) for each in bits)
    except TypeError:
        return False
