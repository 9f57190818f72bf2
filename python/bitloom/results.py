"""What all results can do."""
import html
import json
import os
import sys
from typing import Any, Dict, List

import numpy as np
from numpy.typing import NDArray

_UNLIMITED = 10_000  # columns of a table that goes to no terminal, as in the commands

Record = Dict[str, Any]
Array = NDArray[Any]


def width() -> int:
    """The columns of the terminal that standard output is, or as many as a table takes."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (AttributeError, OSError, ValueError):
        return _UNLIMITED


def flat(record: Record, prefix: str = "") -> Record:
    """The record with the fields of dicts in it by dotted names, as pandas.json_normalize does."""
    fields: Record = {}
    for name, value in record.items():
        if isinstance(value, dict):
            fields.update(flat(value, f"{prefix}{name}."))
        else:
            fields[prefix + name] = value
    return fields


def _column(values: List[Any]) -> Array:
    if all(isinstance(value, int) for value in values):
        return np.array(values, dtype=np.int64)
    if all(value is None or isinstance(value, (int, float)) for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values])


def table_of(records: List[Record]) -> Array:
    """A structured array with a row a record: int64, float64 (NaN: absent) and text columns.

    Lists within records are left out.
    """
    names = list(dict.fromkeys(name for record in records for name, value in record.items()
                               if not isinstance(value, list)))
    columns = [_column([record.get(name) for record in records]) for name in names]
    table = np.empty(len(records), dtype=[(n, c.dtype) for n, c in zip(names, columns)])
    for name, column in zip(names, columns):
        table[name] = column
    return table


def html_of(caption: str, records: List[Record]) -> str:
    """A table of HTML."""
    names = list(dict.fromkeys(name for record in records for name, value in record.items()
                               if not isinstance(value, list)))

    def row(tag: str, cells: List[Any]) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(_cell(c))}</{tag}>" for c in cells) + "</tr>"

    rows = [row("th", names)] + [row("td", [r.get(name) for name in names]) for r in records]
    return f"<table><caption>{html.escape(caption)}</caption>{''.join(rows)}</table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class Result:
    """What a call found: printed as the command prints it, a table in notebooks."""

    _core: Any

    def __init__(self, core: Any) -> None:
        self._core = core

    def to_json(self) -> str:
        """The text that the command writes for `--json`."""
        return str(self._core.json())

    def to_dict(self) -> Dict[str, Any]:
        """What the command writes for `--json`, read."""
        told: Dict[str, Any] = json.loads(self.to_json())
        return told

    def records(self) -> List[Record]:
        """A flat dict a row, for pandas.DataFrame(...)."""
        raise NotImplementedError

    def to_numpy(self) -> Array:
        """The records as a structured array, a row each."""
        return table_of(self.records())

    def __str__(self) -> str:
        return str(self._core.text(width()))

    def _repr_html_(self) -> str:
        return html_of(repr(self), self.records())
