"""The entry `bitloom` of the wheel: becomes the program without loading the module."""
import os
import sys


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.join(here, "bitloom", "program", "bin", "bitloom")
    os.execv(program, [program, *sys.argv[1:]])
