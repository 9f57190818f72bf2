"""What bitloom raises. The text is the line that the commands print."""
import sys
import warnings


class Error(Exception):
    """A mistake that bitloom names in one line: the place, what was wrong, what would be right."""


class InputError(Error, ValueError):
    """What was given is wrong: a name, a number, a file."""


class UnsupportedError(Error):
    """What was given may be right, and this machine, format or engine cannot do it."""


class ResourceError(Error, RuntimeError):
    """The computer does not give what the work needs: memory, disk, processes."""


def warn(line: str) -> None:
    """Warns of what can be lived with, at the line of the user that led to it."""
    depth, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        depth, frame = depth + 1, frame.f_back
    warnings.warn(line, stacklevel=depth)
