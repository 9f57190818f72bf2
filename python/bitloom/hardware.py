"""Machines."""
import json
import os
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from . import _bitloom, checks
from .checks import plain, whole_or_none
from .configs import hardware_folder
from .errors import InputError
from .results import Record, Result, flat

Settings = Union[Mapping[str, Any], Sequence[str]]
HardwareLike = Union["Hardware", str, "os.PathLike[str]", Mapping[str, Any]]


def _texts(settings: Optional[Settings]) -> List[str]:
    if settings is None:
        return []
    if isinstance(settings, str):
        raise TypeError("settings: must be a dict such as {'array.dm': 8}, or a list of texts")
    if not isinstance(settings, Mapping):
        return [_setting(setting) for setting in checks.listed("settings", settings)]
    return [_setting(f"{_setting(key)}={value}" if isinstance(value, str) else
                     f"{_setting(key)}={json.dumps(value, default=plain)}")
            for key, value in settings.items()]


def _setting(setting: Any) -> str:
    if not isinstance(setting, str):
        raise TypeError(f"settings: must be texts such as 'array.dm=8', got {setting!r}")
    return checks.text("settings", setting)


def _named(name: Optional[str]) -> str:
    """The name of a description that is a dict."""
    if name is None:
        return "hardware"
    if not checks.text("name", name) or "/" in name or "\0" in name:
        raise InputError(f"name {name!r}: must be a name without '/'")
    return name


class _Yaml(str):
    """A description, where a text would be a name."""


class Hardware(Result):
    """A machine: one that comes with bitloom, a YAML file, or a description as a dict.

    source: a name (`bitloom.hardware_names()`), a path, or a dict with the keys of the YAML file.
    batch: images priced together; None: the machine's own.
    settings: keys of the description and their values, such as {"array.dm": 16}.
    energy_table: a YAML file with energy constants in place of the machine's.
    name: of a description that is a dict.

    Raises InputError, which names the key that is wrong and what would be right.
    """

    _core: _bitloom.Hardware

    def __init__(self, source: Union[str, "os.PathLike[str]", Mapping[str, Any]], *,
                 batch: Optional[int] = None, settings: Optional[Settings] = None,
                 energy_table: Union[str, "os.PathLike[str]", None] = None,
                 name: Optional[str] = None) -> None:
        text = None
        if isinstance(source, Mapping):  # as it is now: the dict may be changed later
            source = _Yaml(json.dumps(source, ensure_ascii=False, default=plain))
        if isinstance(source, _Yaml):
            text, place = checks.text("hardware", str(source)), _named(name)
        elif not isinstance(source, (str, os.PathLike)):
            raise TypeError(f"hardware: must be a name, a path or a dict, got {source!r}")
        elif name is not None:
            raise InputError(f"name: goes with a description that is a dict; {source} has its own")
        else:
            place = os.fspath(source)
            if isinstance(source, os.PathLike) and not place.lower().endswith((".yaml", ".yml")):
                raise InputError(f"{place}: a file of hardware ends with .yaml or .yml")
        self._source = source
        self._options: Dict[str, Any] = {"batch": batch, "energy_table": energy_table, "name": name}
        self._settings = _texts(settings)
        super().__init__(_bitloom.Hardware(
            folder=hardware_folder(), name=checks.path("hardware", place), text=text,
            batch=whole_or_none("batch", batch, 1, 65536),
            energy_table=checks.path_or_none("energy_table", energy_table),
            settings=self._settings))

    @classmethod
    def from_yaml(cls, text: str, **options: Any) -> "Hardware":
        """The machine of a description as text, YAML or JSON; the options are the constructor's."""
        return cls(_Yaml(checks.text("hardware", text)), **options)

    def arguments(self, folder: str) -> List[str]:
        """The options of the commands that tell this machine; a description is written there."""
        place = self._source
        if isinstance(place, _Yaml):
            place = os.path.join(folder, f"{_named(self._options['name'])}.yaml")
            with open(place, "w", encoding="utf-8") as file:
                file.write(self._source)
        told = ["--hardware", os.fspath(place)]
        for setting in self._settings:
            told += ["--set", setting]
        if self._options["batch"] is not None:
            told += ["--batch", str(self._options["batch"])]
        return told

    def __reduce__(self) -> Any:
        return _again, (self._source, self._settings, self._options)

    def with_settings(self, settings: Settings) -> "Hardware":
        """The same machine with these keys set, too; a key set before has the new value."""
        new = _texts(settings)
        keys = {text.partition("=")[0] for text in new}
        kept = [text for text in self._settings if text.partition("=")[0] not in keys]
        return Hardware(self._source, settings=kept + new, **self._options)

    @property
    def name(self) -> str:
        """The name, with what is set: `bismo-edge array.dm=16`."""
        return self._core.name

    @property
    def family(self) -> str:
        """The kind of machine: bismo, bitfusion or shift."""
        return self._core.family

    @property
    def technology(self) -> str:
        """What the energy constants are of; empty where nobody says."""
        return self._core.technology

    @property
    def batch(self) -> int:
        """Images priced together."""
        return self._core.batch

    @property
    def clock_mhz(self) -> float:
        """The clock of the array, in MHz."""
        return self._core.clock_mhz

    def records(self) -> List[Record]:
        """A dict with every key of the description, by dotted names."""
        return [flat(self.to_dict())]

    def __repr__(self) -> str:
        return f"Hardware({self.name!r})"


def _again(source: Any, settings: List[str], options: Dict[str, Any]) -> Hardware:
    """A machine that comes from another process."""
    return Hardware(source, settings=settings, **options)


def hardware_of(hardware: HardwareLike) -> Hardware:
    """The machine, loaded where it is not."""
    return hardware if isinstance(hardware, Hardware) else Hardware(hardware)


def hardware_names() -> List[str]:
    """Machines that come with bitloom, or lie in BITLOOM_CONFIGS/hardware."""
    return _bitloom.hardware_names(hardware_folder())
