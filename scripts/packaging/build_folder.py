"""A build folder of CMake's, and what it installs."""
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class PackageError(Exception):
    """One line that tells what is missing, and what helps."""


class BuildFolder:
    """The build in `path`; PackageError where it is none, or lacks the Python module."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        cache = self.path / "CMakeCache.txt"
        if not cache.is_file():
            raise PackageError(f"{path}: is no build folder, which has a CMakeCache.txt")
        self._cache = dict(re.findall(r"^([\w-]+):[A-Z]+=(.*)$", cache.read_text(), re.MULTILINE))
        if not self.is_on("BITLOOM_PYTHON"):
            raise PackageError(f"{path}: has no Python module; configure it with "
                               "-DBITLOOM_PYTHON=ON")
        self.version = self._cache["CMAKE_PROJECT_VERSION"]

    def is_on(self, option):
        return self._cache.get(option, "OFF").upper() in ("ON", "1", "TRUE", "YES")

    @property
    def python(self):
        """The Python that the module is for."""
        return self._cache["BITLOOM_PYTHON_PROGRAM"]

    def install(self, component, prefix):
        """Installs a component, without debugging symbols."""
        run("cmake", "--install", self.path, "--prefix", prefix, "--component", component,
            "--strip")

    def install_module(self, prefix):
        """Installs the Python module; its folder."""
        self.install("python", prefix)
        return pathlib.Path(prefix) / self._cache["BITLOOM_PYTHON_INSTALLED"] / "bitloom"


def run(*command, **options):
    """What a program prints; PackageError with its complaint where it fails."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, text=True, capture_output=True, check=False, **options)
    except FileNotFoundError as absent:
        raise PackageError(
            f"{words[0]}: is not installed; run scripts/setup --packages"
        ) from absent
    if done.returncode != 0:
        raise PackageError(f"{' '.join(words[:2])}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def date_of_source():
    """Seconds since 1970 that files in packages tell: SOURCE_DATE_EPOCH, else the last commit's, so
    that the same source gives the same packages."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told:
        return int(told)
    try:
        return int(run("git", "-C", SOURCE, "log", "-1", "--format=%ct"))
    except PackageError:  # an unpacked archive
        return int((SOURCE / "CHANGELOG.md").stat().st_mtime)


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def fail(message):
    print(f"package: {message}", file=sys.stderr)
    sys.exit(2)
