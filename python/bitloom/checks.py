"""What is asked of arguments before they go on."""
import operator
from typing import Optional


def index(name: str, value: object) -> Optional[int]:
    """A whole number, or None; a TypeError names the argument."""
    if value is None:
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}: must be a whole number, got {value!r}") from None


def number(name: str, value: object) -> Optional[float]:
    """A number, or None; a TypeError names the argument."""
    if value is None:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a number, got {value!r}") from None
