"""Where the hardware descriptions lie that have names."""
import functools
import os

from .errors import InputError

# From this folder: of a wheel, of a build in the source folder, of an installation
# (lib/PYTHON/dist-packages).
_PLACES = ("program/share/bitloom", "../../..", "../../../..", "../../../../share/bitloom")


@functools.lru_cache(maxsize=None)
def _shipped() -> str:
    here = os.path.dirname(os.path.abspath(__file__))
    for place in _PLACES:
        found = os.path.normpath(os.path.join(here, place, "configs", "hardware"))
        if os.path.isdir(found):
            return found
    raise InputError("the folder configs/hardware is not beside the module; "
                     "set BITLOOM_CONFIGS to configs")


def hardware_folder() -> str:
    """`hardware` in the folder BITLOOM_CONFIGS, else in the configs that come with the module.

    Raises InputError where there are none.
    """
    told = os.environ.get("BITLOOM_CONFIGS")
    return os.path.join(told, "hardware") if told else _shipped()
