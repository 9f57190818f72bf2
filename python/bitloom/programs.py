"""The program `bitloom`, for what the module leaves to it."""
import os
import shutil
import subprocess
from typing import Sequence

from .errors import InputError, ResourceError, warn

# From this folder: of a wheel, of a build, of an installation (lib/PYTHON/dist-packages).
_PLACES = ("program/bin/bitloom", "../../bitloom", "../../../../bin/bitloom")
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
    with subprocess.Popen([program(), *arguments], encoding="utf-8", errors="surrogateescape",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            printed, complaints = process.communicate()
        except BaseException:
            process.kill()
            process.wait()  # at Ctrl-C Popen itself does not
            raise
    said = complaints.strip().splitlines()
    if process.returncode == _REFUSED and said:
        raise InputError(said[-1])
    if process.returncode not in (0, _MISMATCH):
        raise ResourceError(said[-1] if said else
                            f"bitloom {arguments[0]} ended with {process.returncode}")
    for line in said:
        warn(line)
    return printed
