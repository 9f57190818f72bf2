"""What both tests of packages do."""
import os
import pathlib
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BITLOOM_BUILD", SOURCE / "build"))
PYTHON = os.environ.get("BITLOOM_PYTHON_PROGRAM", "/usr/bin/python3")
SKIPPED = 77
PRICED = ["simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--bits", "4/4"]
ASK_MODULE = ("import bitloom; print(bitloom.__file__); "
              "print(bitloom.simulate('resnet20', 'bismo-edge', 4).cycles)")


def run(*command, **options):
    """What a program prints; an AssertionError has its complaint."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                          check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def timed(what, *command, **options):
    """As run(); tells how long it took."""
    start = time.monotonic()
    printed = run(*command, **options)
    print(f"{what}: {time.monotonic() - start:.2f} s", flush=True)
    return printed


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def clean_environment(**more):
    """Without the build's folders, so that a package finds what it brings along or nothing."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **kept, **more}


def package(kind, folder):
    """The package of the build, made into `folder`."""
    ending = {"wheel": "*.whl", "deb": "bitloom_*.deb"}[kind]
    print(run(SOURCE / "scripts/package", kind, "--build", BUILD, "-o", folder), end="")
    paths = list(pathlib.Path(folder).glob(ending))
    assert len(paths) == 1, paths
    return paths[0]
