"""The program beside which the module is tested, and what tests draw."""
import json
import os
import pathlib
import random
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("BITLOOM", str(SOURCE / "build/bitloom"))


def command(*arguments):
    """What the program prints; an AssertionError tells its complaint."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def complaint(*arguments):
    """The line with which the program refuses."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], text=True, capture_output=True)
    assert done.returncode == 2, (done.returncode, done.stdout)
    return done.stderr.rstrip("\n")


def json_of(*arguments):
    return json.loads(command(*arguments, "--json", "-"))


def drawn_bits(count, seed):
    """Pairs of bits from 1 to 8 for so many layers."""
    draw = random.Random(seed)
    return [[draw.randint(1, 8), draw.randint(1, 8)] for _ in range(count)]
