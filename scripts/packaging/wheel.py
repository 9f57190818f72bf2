"""The wheel: program, configurations, module and the libraries that they need.

    bitloom/                         the module
    bitloom/program/bin, lib, share  the program as it is installed, and libraries
    bitloom_console.py               the entry `bitloom`
    bitloom-V.data/data/share        the manual page and completions, for the prefix
    bitloom-V.dist-info              what pip reads, and licences
"""
import base64
import hashlib
import os
import pathlib
import re
import shutil
import tempfile
import time
import zipfile

from .build_folder import PackageError, SOURCE, date_of_source
from .libraries import bundle, licences

_PAGES = ("man", "bash-completion", "zsh", "fish")
_SUFFIX = re.compile(r"\.cpython-(\d+)-(\w+)-linux-gnu\.so$")  # of an extension

_METADATA = """Metadata-Version: 2.1
Name: bitloom
Version: {version}
Summary: A simulator and co-design framework for bit-serial DNN accelerators
License: Apache-2.0, and those of bundled libraries (see licenses/); GLPK's is GPL-3.0-or-later
Requires-Python: >={major}.{minor},<{major}.{next_minor}
Requires-Dist: numpy
Description-Content-Type: text/markdown

{readme}"""


def make_wheel(build, output):
    """Writes the wheel of `build` into the folder `output`; its path."""
    with tempfile.TemporaryDirectory(prefix="bitloom-wheel-") as folder:
        return _make(build, pathlib.Path(folder), output)


def _make(build, folder, output):
    tree, installed = folder / "tree", folder / "installed"
    info = tree / f"bitloom-{build.version}.dist-info"
    build.install("program", installed)
    shutil.copytree(build.install_module(installed), tree / "bitloom")
    program = tree / "bitloom/program"
    shutil.copytree(installed / "bin", program / "bin")
    shutil.copytree(installed / "share/bitloom", program / "share/bitloom")
    for page in _PAGES:
        shutil.copytree(installed / "share" / page,
                        tree / f"bitloom-{build.version}.data/data/share" / page)
    shutil.copyfile(SOURCE / "scripts/packaging/console.py", tree / "bitloom_console.py")

    extension = _extension_in(tree / "bitloom")
    bundled = bundle(program / "lib",
                     {program / "bin/bitloom": "../lib", extension: "program/lib"})
    _add_licences(info / "licenses", bundled)
    tag = _tag(extension)
    _add_information(info, build.version, tag)
    path = output / f"bitloom-{build.version}-{tag}.whl"
    _zip(tree, info, path)
    return path


def _extension_in(package):
    for path in package.iterdir():
        if _SUFFIX.search(path.name):
            return path
    raise PackageError(f"{package}: the extension is not CPython's on Linux")


def _tag(extension):
    """cp311-cp311-manylinux_2_36_x86_64: the Python, and the glibc of this machine, with which the
    compiler's libraries come that the files load. pip takes it where glibc is as new or newer."""
    version, machine = _SUFFIX.search(extension.name).groups()
    glibc = os.confstr("CS_GNU_LIBC_VERSION").split()[1].replace(".", "_")
    return f"cp{version}-cp{version}-manylinux_{glibc}_{machine}"


def _add_licences(folder, bundled):
    folder.mkdir(parents=True)
    shutil.copyfile(SOURCE / "LICENSE", folder / "LICENSE")
    for package, text in licences(bundled).items():
        shutil.copyfile(text, folder / f"{package}.txt")


def _add_information(info, version, tag):
    python = tag.split("-", maxsplit=1)[0][2:]
    readme = (SOURCE / "scripts/packaging/about.md").read_text()
    (info / "METADATA").write_text(_METADATA.format(
        version=version, readme=readme, major=python[0], minor=python[1:],
        next_minor=int(python[1:]) + 1))
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: bitloom's scripts/package\n"
                                f"Root-Is-Purelib: false\nTag: {tag}\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nbitloom = bitloom_console:main\n")


def _zip(tree, info, path):
    """Zips the tree in the order of names; RECORD, with the digest of each file, comes last."""
    date = time.gmtime(date_of_source())[:6]
    record = ""

    def add(name, content, mode):
        entry = zipfile.ZipInfo(name, max(date, (1980, 1, 1, 0, 0, 0)))
        entry.external_attr = (0o100000 | mode) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)

    beside = path.with_name(path.name + ".tmp")
    with zipfile.ZipFile(beside, "w", compresslevel=9) as archive:
        for file in sorted(file for file in tree.rglob("*") if file.is_file()):
            content, name = file.read_bytes(), file.relative_to(tree).as_posix()
            add(name, content, 0o755 if file.parent.name == "bin" else 0o644)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record += f"{name},sha256={digest.decode()},{len(content)}\n"
        own = (info / "RECORD").relative_to(tree).as_posix()
        add(own, record + f"{own},,\n", 0o644)
    beside.replace(path)
