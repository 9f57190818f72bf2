"""What is asked of arguments before they go on."""
import operator
from typing import Optional


def whole(name: str, value: object) -> int:
    """A whole number; a TypeError names the argument."""
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}: must be a whole number, got {value!r}") from None


def whole_or_none(name: str, value: object) -> Optional[int]:
    """A whole number, or None; a TypeError names the argument."""
    return None if value is None else whole(name, value)


def real(name: str, value: object) -> float:
    """A number; a TypeError names the argument."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a number, got {value!r}") from None


def real_or_none(name: str, value: object) -> Optional[float]:
    """A number, or None; a TypeError names the argument."""
    return None if value is None else real(name, value)
