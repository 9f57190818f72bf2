"""What is asked of arguments before they go on."""
import math
import operator
import os
from typing import Any, Iterable, List, Mapping, Optional, Union

import numpy as np

from .errors import InputError

SEEDS = (0, 2**64 - 1)
_INT64 = (-2**63, 2**63 - 1)
_WEEK = 7 * 24 * 3600  # seconds
_MOST_TEXT = 60  # characters; longer texts are not printed
_MOST_SHOWN = 10**30  # longer numbers are not printed

Path = Union[str, "os.PathLike[str]"]


def whole(name: str, value: object, least: int = _INT64[0], most: int = _INT64[1]) -> int:
    """A whole number in [least, most], which a boolean is not.

    A TypeError, or an InputError where it is out of range, names the argument.
    """
    number = unbounded(name, value)
    if not least <= number <= most:
        shown = f" {number}" if abs(number) <= _MOST_SHOWN else ""
        allowed = "of 64 bits" if (least, most) == _INT64 else f"in [{least}, {most}]"
        raise InputError(f"{name}{shown}: must be a whole number {allowed}")
    return number


def unbounded(name: str, value: object) -> int:
    """A whole number of any size, which a boolean is not; a TypeError names the argument."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        return int(operator.index(value))  # type: ignore[call-overload]
    except TypeError:
        raise TypeError(f"{name}: must be a whole number, got {value!r}") from None


def whole_or_none(name: str, value: object, least: int = _INT64[0],
                  most: int = _INT64[1]) -> Optional[int]:
    """A whole number in [least, most], or None, as `whole`."""
    return None if value is None else whole(name, value, least, most)


def real(name: str, value: object) -> float:
    """A number; a TypeError names the argument, an InputError NaN and what no double holds."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a number, got {value!r}") from None
    except OverflowError:
        raise InputError(f"{name}: must be a number within the range of a double") from None
    if math.isnan(number):
        raise InputError(f"{name}: must be a number, got nan")
    return number


def real_or_none(name: str, value: object) -> Optional[float]:
    """A number, or None, as `real`."""
    return None if value is None else real(name, value)


def seconds_or_none(name: str, value: object) -> Optional[float]:
    """Seconds up to a week, or None; an InputError names the argument."""
    seconds = real_or_none(name, value)
    if seconds is not None and not 1 <= seconds <= _WEEK:
        raise InputError(f"{name} {seconds:.6g}: must be in [1, {_WEEK}] seconds")
    return seconds


def text(name: str, value: object) -> str:
    """A text of UTF-8; a TypeError or an InputError names the argument."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: must be a text, got {value!r}")
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = f", got {value!r}" if len(value) <= _MOST_TEXT else ""
        raise InputError(f"{name}: must be UTF-8{shown}") from None
    return value


def text_or_none(name: str, value: object) -> Optional[str]:
    """A text, or None, as `text`."""
    return None if value is None else text(name, value)


def listed(name: str, value: Any) -> List[Any]:
    """A list of what an iterable holds; a TypeError names the argument."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)):
        raise TypeError(f"{name}: must be a list, got {value!r}")
    return list(value)


def mapped(name: str, value: Any) -> Mapping[Any, Any]:
    """A dict; a TypeError names the argument."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}: must be a dict, got {type(value).__name__}")
    return value


def path(name: str, value: Any) -> bytes:
    """A path as the system has it, which need not be UTF-8; errors are those of `text`."""
    try:
        encoded = os.fsencode(value)
    except TypeError:
        raise TypeError(f"{name}: must be a path, got {value!r}") from None
    except UnicodeEncodeError:
        raise InputError(f"{name}: is no path, got {value!r}") from None
    if b"\0" in encoded:
        raise InputError(f"{name}: is no path, got {value!r}")
    return encoded


def path_or_none(name: str, value: Any) -> Optional[bytes]:
    """A path, or None, as `path`."""
    return None if value is None else path(name, value)


def plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them: the `default` of json.dumps."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number nor a text, a list or a dict")
