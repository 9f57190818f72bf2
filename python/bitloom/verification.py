"""Layers on the Verilated RTL."""
import json
import os
import tempfile
from typing import Any, Dict, List, Optional

from .checks import SEEDS, whole
from .hardware import HardwareLike, hardware_of
from .network import NetworkLike, network_of
from .policy import BitsLike, Pair, Policy
from .programs import run
from .results import Array, Record, html_of, table_of
from .simulation import Layers, selection


class Verification:
    """What `bitloom verify` found; `to_dict()` is its JSON.

    `records()` has a dict a layer with `values`, `rtl_cycles`, `analytic_cycles`, `cycle_cycles`,
    `passed` and, where it did not, `complaint`.
    """

    def __init__(self, text: str, told: str) -> None:
        self._text = text
        self._json = told

    @property
    def passed(self) -> bool:
        """Whether every layer has the reference's values and both engines' cycles."""
        return bool(self.to_dict()["passed"])

    def to_json(self) -> str:
        """The text that the command writes for `--json`."""
        return self._json

    def to_dict(self) -> Dict[str, Any]:
        """What the command writes for `--json`, read."""
        told: Dict[str, Any] = json.loads(self._json)
        return told

    def records(self) -> List[Record]:
        """A dict a layer, for pandas.DataFrame(...)."""
        layers: List[Record] = self.to_dict()["layers"]
        return layers

    def to_numpy(self) -> Array:
        """The records as a structured array, a row each."""
        return table_of(self.records())

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        records = self.records()
        passed = sum(bool(record["passed"]) for record in records)
        return f"Verification: {passed} of {len(records)} layers pass"

    def _repr_html_(self) -> str:
        return html_of(repr(self), self.records())


def verify(network: NetworkLike, hardware: HardwareLike, bits: BitsLike = None, *,
           edge_layers: Optional[Pair] = None, layers: Layers = None,
           seed: int = 1, stalls: Optional[int] = None) -> Verification:
    """Runs layers on the Verilated RTL, as `bitloom verify` does: values against a reference,
    cycles against both engines.

    The program bitloom does it, built where Verilator is found.

    network: one of the zoo, or a file of ONNX.
    seed: of the random tensors.
    stalls: a seed: each layer runs a second time with streams that wait at random.

    The others are those of `simulate`. Raises InputError with the program's complaint,
    ResourceError where there is no program.
    """
    of, machine = network_of(network), hardware_of(hardware)
    with tempfile.TemporaryDirectory() as folder:
        policy, told = os.path.join(folder, "policy.json"), os.path.join(folder, "verdicts.json")
        Policy.of(bits, of, edge_layers=edge_layers).save(policy)
        asked = ["verify", *of.arguments(), *machine.arguments(folder), "--policy", policy,
                 "--seed", str(whole("seed", seed, *SEEDS)), "--json", told]
        if layers is not None:
            asked += ["--layers", ",".join(selection(layers, len(of)))]
        if stalls is not None:
            asked += ["--stalls", str(whole("stalls", stalls, 0))]
        text = run(asked)
        with open(told, encoding="utf-8") as file:
            found = file.read()
    written = f"written: {told}, the verdicts as JSON\n"
    return Verification(text.replace(written, ""), found)
