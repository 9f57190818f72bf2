"""Policies on several machines."""
import os
from typing import List, Mapping, Optional, Sequence, Union

from . import _bitloom
from .checks import SEEDS, listed, real, text, whole
from .configs import hardware_folder
from .hardware import Hardware, HardwareLike, hardware_of
from .network import NetworkLike, network_of
from .policy import BitsLike, Pair, Policy, bits_of, choice_of
from .results import Record, Result, flat
from .simulation import Progress, engine_of


class Comparison(Result):
    """Policies ranked on several machines; `to_dict()` is what `bitloom compare --json` writes."""

    _core: _bitloom.Comparison

    def records(self) -> List[Record]:
        """A dict a policy and machine: policy, group, hardware and the costs."""
        told = self.to_dict()
        machines = [machine["name"] for machine in told["hardware"]]
        return [{"policy": policy["name"], "group": policy["group"], "hardware": machine,
                 **flat(cost)}
                for policy in told["policies"] for machine, cost in zip(machines, policy["costs"])]

    def to_csv(self) -> str:
        """The text that `bitloom compare --csv` writes."""
        return self._core.csv()

    def __repr__(self) -> str:
        told = self.to_dict()
        return (f"Comparison of {len(told['policies'])} policies of {told['network']} on "
                f"{len(told['hardware'])} machines")


def compare(network: NetworkLike, hardware: Sequence[HardwareLike],
            policies: Union[Mapping[str, BitsLike], Sequence[BitsLike]] = (), *, random: int = 0,
            seed: int = 1, edge_layers: Optional[Pair] = None, gain: float = 5,
            engine: str = "analytic", stalls: Optional[int] = None, jobs: Optional[int] = None,
            progress: Progress = None) -> Comparison:
    """Prices policies on 2 to 26 machines and ranks them, as `bitloom compare` does.

    hardware: the machines, each a Hardware or what makes one.
    policies: bits, each as `simulate` takes them; in a dict, by the names of the policies.
    random: so many policies more, of 2 to 8 bits drawn with `seed`.
    edge_layers: bits of the first and the last layer, in every policy.
    gain: per cent of what is left that a bit less must save to pay.

    Raises InputError, and UnsupportedError where a machine cannot run a policy.
    """
    if isinstance(hardware, (str, os.PathLike, Mapping, Hardware)):
        raise TypeError("hardware: must be a list of machines")
    if isinstance(policies, (str, os.PathLike, Policy)):
        raise TypeError("policies: must be a list of policies, or a dict by their names")
    of = network_of(network)
    named = policies.items() if isinstance(policies, Mapping) else (
        (f"policy {place + 1}", bits) for place, bits in enumerate(listed("policies", policies)))
    return Comparison(_bitloom.compare(
        network=of._core,
        machines=[hardware_of(machine)._core for machine in listed("hardware", hardware)],
        policies=[choice_of(bits, of, None, text("policies", str(name))).core
                  for name, bits in named],
        random=whole("random", random, 0, 5000), seed=whole("seed", seed, *SEEDS),
        edge_layers=None if edge_layers is None else bits_of(edge_layers, "edge-layers"),
        gain=real("gain", gain), engine=engine_of(engine, stalls, jobs),
        folder=hardware_folder(), progress=progress))
