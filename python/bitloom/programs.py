"""The program `bitloom`, for what the module leaves to it."""
import os
import shutil
import subprocess
import warnings
from typing import Sequence

from .errors import InputError, ResourceError

# From this folder: of a build, of an installation (lib/PYTHON/dist-packages).
_PLACES = ("../../bitloom", "../../../../bin/bitloom")
_MISMATCH = 1  # exit codes
_REFUSED = 2


def program() -> str:
    """The program beside the module, else one on the PATH; ResourceError where there is none."""
    here = os.path.dirname(os.path.abspath(__file__))
    for place in _PLACES:
        found = os.path.normpath(os.path.join(here, place))
        if os.access(found, os.X_OK) and not os.path.isdir(found):
            return found
    on_path = shutil.which("bitloom")
    if on_path is None:
        raise ResourceError("the program bitloom is neither beside the module nor on the PATH")
    return on_path


def run(arguments: Sequence[str]) -> str:
    """What the program prints. Its complaint is an InputError, what else it says are warnings.

    Ctrl-C ends the program, too.
    """
    done = subprocess.run([program(), *arguments], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    said = done.stderr.strip().splitlines()
    if done.returncode == _REFUSED and said:
        raise InputError(said[-1])
    if done.returncode not in (0, _MISMATCH):
        raise ResourceError(said[-1] if said else
                            f"bitloom {arguments[0]} ended with {done.returncode}")
    for line in said:
        warnings.warn(line, stacklevel=3)
    return done.stdout
