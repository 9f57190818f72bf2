#!/usr/bin/env python3
"""apt installs the Debian package into a fresh Debian 12, with what it needs, and removes it."""
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


def try_package(root, package):
    def within(what, *command):
        return timed(what, "chroot", root, *command, env=support.clean_environment(
            PATH="/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND="noninteractive", HOME="/root"))

    shutil.copy(package, root)
    within("apt install", "apt-get", "-qq", "-y", "install", "--no-install-recommends",
           f"/{package.name}")
    assert "resnet20 on bismo-edge" in within("bitloom simulate", "bitloom", *PRICED)
    place, cycles = within("import bitloom and simulate", "python3", "-c", ASK_MODULE).split()
    assert place == "/usr/lib/python3/dist-packages/bitloom/__init__.py", place
    assert int(cycles) > 0
    assert (root / "usr/lib/python3/dist-packages/bitloom/__pycache__").is_dir()
    within("apt remove", "apt-get", "-qq", "-y", "remove", "bitloom")
    left = list((root / "usr").rglob("*bitloom*"))
    assert not left, left


def main():
    with tempfile.TemporaryDirectory(prefix="bitloom-test-") as folder:
        root = pathlib.Path(folder) / "root"
        fresh_debian(root)
        package = support.package("deb", folder)
        if subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=False).returncode:
            support.skip("/proc cannot be mounted")
        try:
            try_package(root, package)
        finally:
            run("umount", root / "proc")


if __name__ == "__main__":
    main()
