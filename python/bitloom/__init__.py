"""bitloom: costs of mixed-precision networks on bit-serial accelerators, and bits within budgets.

    import bitloom
    print(bitloom.simulate("resnet20", "bismo-edge", "4/4", edge_layers="8/8"))

Figures are those of the commands, bit for bit. Mistakes are bitloom.Error, whose text is the line
that the commands print.
"""
import importlib
import sys

try:
    importlib.import_module("._bitloom", __name__)
except ModuleNotFoundError as absent:
    if absent.name != __name__ + "._bitloom":
        raise
    raise ImportError(
        f"bitloom is not built for Python {sys.version_info[0]}.{sys.version_info[1]}; build it "
        f"with -DBITLOOM_PYTHON_PROGRAM={sys.executable}") from absent

from ._bitloom import __version__
from .comparison import Comparison, compare
from .errors import Error, InputError, ResourceError, UnsupportedError
from .exploration import Exploration, explore, strategy_names
from .hardware import Hardware, hardware_names
from .network import Network, network_names
from .policy import Bits, Policy
from .problems import Solution, Solutions, pareto, solve
from .policy_search import FoundPolicy, search
from .simulation import Simulation, engine_names, explain, simulate
from .tables import CostTable, cost_table, metric_names
from .verification import Verification, verify

__all__ = [
    "Bits", "Comparison", "CostTable", "Error", "Exploration", "FoundPolicy", "Hardware",
    "InputError", "Network", "Policy", "ResourceError", "Simulation", "Solution", "Solutions",
    "UnsupportedError", "Verification", "__version__", "compare", "cost_table", "engine_names",
    "explain", "explore", "hardware_names", "metric_names", "network_names", "pareto", "search",
    "simulate", "solve", "strategy_names", "verify",
]
