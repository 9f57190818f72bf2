"""Bits as NNCF has them, "bitwidth_per_scope": [[8, "ResNet/NNCFConv2d[conv1]/conv2d_0|WEIGHT"]].

A scope is the classes and names of modules down to an operator, and what of it is quantized. The
names alone make the layer's: `ResNet/Sequential[layer1]/BasicBlock[0]/NNCFConv2d[conv1]/conv2d_0`
is layer1.0.conv1, as torchvision and bitloom call it.
"""
import re
from typing import Any, Dict, List, Mapping, Sequence

from .checks import whole
from .errors import InputError

_WEIGHT = "|WEIGHT"
_OPERATORS = {"Conv1d": "conv1d_0", "Conv2d": "conv2d_0", "Conv3d": "conv3d_0",
              "Linear": "linear_0"}


def layer_of(scope: str) -> str:
    """The layer of a scope: `layer1.0.conv1`."""
    return ".".join(re.findall(r"\[([^\[\]]*)\]", scope))


def weight_bits(entries: Any, names: Sequence[str]) -> Dict[str, int]:
    """Bits of the weights of the layers `names`, from the entries or a configuration with them.

    Entries of activations are passed over. InputError where a layer is missing, unknown or twice.
    """
    if isinstance(entries, Mapping):
        entries = _entries_in(entries)
    if not isinstance(entries, Sequence) or not entries:
        raise InputError("nncf: must be [[bits, scope], ...], or a configuration that has "
                         "'bitwidth_per_scope'")
    bits: Dict[str, int] = {}
    for place, entry in enumerate(entries):
        if not isinstance(entry, Sequence) or len(entry) != 2 or not isinstance(entry[1], str):
            raise InputError(f"nncf[{place}]: must be [bits, scope], got {entry!r}")
        if not entry[1].endswith(_WEIGHT):
            continue
        layer = layer_of(entry[1])
        if layer not in names:
            raise InputError(f"nncf[{place}]: the network has no layer '{layer}'")
        if layer in bits:
            raise InputError(f"nncf[{place}]: layer '{layer}' is given twice")
        bits[layer] = whole(f"nncf[{place}]", entry[0])
    missing = [name for name in names if name not in bits]
    if missing:
        raise InputError(f"nncf: the weights of layer '{missing[0]}' are missing")
    return bits


def _entries_in(configuration: Mapping[str, Any]) -> Any:
    """The value of 'bitwidth_per_scope', however deep it lies; None where it is not there."""
    if "bitwidth_per_scope" in configuration:
        return configuration["bitwidth_per_scope"]
    for value in configuration.values():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            found = _entries_in(part) if isinstance(part, Mapping) else None
            if found is not None:
                return found
    return None


def scope_of(model: Any, layer: str) -> str:
    """The scope of the weights of a layer of a PyTorch model, as NNCF calls it."""
    module, scope = model, type(model).__name__
    for name in layer.split("."):
        children = dict(module.named_children())
        if name not in children:
            raise InputError(f"nncf: the model has no module '{layer}'")
        module = children[name]
        kind = type(module).__name__
        scope += f"/{'NNCF' if kind in _OPERATORS else ''}{kind}[{name}]"
    if type(module).__name__ not in _OPERATORS:
        raise InputError(f"nncf: module '{layer}' is a {type(module).__name__}, which must be one "
                         f"of {', '.join(_OPERATORS)}")
    return f"{scope}/{_OPERATORS[type(module).__name__]}{_WEIGHT}"


def entries_of(bits: Mapping[str, int], model: Any) -> List[List[Any]]:
    """[[bits, scope], ...] of the weights of a model's layers."""
    return [[width, scope_of(model, layer)] for layer, width in bits.items()]
