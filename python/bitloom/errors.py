"""What bitloom raises. The text is the line that the commands print."""


class Error(Exception):
    """A mistake that bitloom names in one line: the place, what was wrong, what would be right."""


class InputError(Error, ValueError):
    """What was given is wrong: a name, a number, a file."""


class UnsupportedError(Error):
    """What was given may be right, and this machine, format or engine cannot do it."""


class ResourceError(Error, RuntimeError):
    """The computer does not give what the work needs: memory, disk, processes."""
