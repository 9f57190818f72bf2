#!/usr/bin/env python3
"""apt installs the Debian package into a fresh Debian 12, with what it needs, and removes it.

Then pip installs the wheel there, where none of the libraries are that it brings along.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

import support
from support import ASK_MODULE, PRICED, run, timed

_MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")


def fresh_debian(root):
    """Makes a Debian 12 in `root`; skips where there is no mirror."""
    if os.getuid() != 0:
        support.skip("debootstrap needs root")
    if shutil.which("debootstrap") is None:
        support.skip("debootstrap is not installed")
    made = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, _MIRROR],
                          text=True, capture_output=True, check=False)
    if made.returncode != 0:
        support.skip(f"debootstrap: {(made.stdout + made.stderr).strip().splitlines()[-1]}")


def within(root, what, *command):
    """What a program in `root` prints; tells how long it took."""
    return timed(what, "chroot", root, *command, env=support.clean_environment(
        PATH="/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND="noninteractive", HOME="/root"))


def apt_install(root, *packages):
    within(root, "apt install", "apt-get", "-qq", "-y", "install", "--no-install-recommends",
           *packages)


def try_package(root, package):
    shutil.copy(package, root)
    apt_install(root, f"/{package.name}")
    assert "resnet20 on bismo-edge" in within(root, "bitloom simulate", "bitloom", *PRICED)
    place, cycles = within(root, "import bitloom and simulate", "python3", "-c",
                           ASK_MODULE).split()
    assert place == "/usr/lib/python3/dist-packages/bitloom/__init__.py", place
    assert int(cycles) > 0
    assert (root / "usr/lib/python3/dist-packages/bitloom/__pycache__").is_dir()
    within(root, "apt remove", "apt-get", "-qq", "-y", "autoremove", "bitloom")
    left = list((root / "usr").rglob("*bitloom*"))
    assert not left, left


def try_wheel(root, wheel):
    assert not list((root / "usr/lib").rglob("libglpk.so*")), "the wheel must bring it along"
    shutil.copy(wheel, root)
    apt_install(root, "python3-venv", "python3-numpy")
    within(root, "venv", "python3", "-m", "venv", "--system-site-packages", "/mine")
    within(root, "pip install", "/mine/bin/pip", "install", "--no-index", f"/{wheel.name}")
    assert "resnet20 on bismo-edge" in within(root, "bitloom simulate", "/mine/bin/bitloom",
                                              *PRICED)
    place, cycles = within(root, "import bitloom and simulate", "/mine/bin/python", "-c",
                           ASK_MODULE).split()
    assert place.startswith("/mine/"), place
    assert int(cycles) > 0


def main():
    with tempfile.TemporaryDirectory(prefix="bitloom-test-") as folder:
        root = pathlib.Path(folder) / "root"
        fresh_debian(root)
        package, wheel = support.package("deb", folder), support.package("wheel", folder)
        if subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=False).returncode:
            support.skip("/proc cannot be mounted")
        try:
            try_package(root, package)
            try_wheel(root, wheel)
        finally:
            run("umount", root / "proc")


if __name__ == "__main__":
    main()
