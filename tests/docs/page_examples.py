#!/usr/bin/env python3
"""Runs the examples of a page and compares what the program prints with what the page shows.

A block behind `<!-- file: NAME -->` is written to that file; `<!-- copy: PATH -->` copies a file of
the repository. A `console` block holds commands
behind `$ `, their further lines behind `> `, and their outputs; `...` on a line of its own stands
for any lines. `--update` rewrites outputs that differ.
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

COPY = re.compile(r"<!-- copy: (\S+) -->")
FENCE = re.compile(
    r"(<!-- file: (?P<file>\S+) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)```\n", re.S
)


def outputs_match(shown, printed):
    """Whether `printed` is `shown`, in which a line `...` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"(?m)^\.\.\.\n", shown)]
    return re.fullmatch("(?:.*\n)*?".join(parts), printed) is not None


def commands_of(block):
    """Pairs of a command and the output that the page shows for it."""
    for part in re.split(r"(?m)^\$ ", block)[1:]:
        command, _, output = part.partition("\n")
        while output.startswith("> "):
            more, _, output = output[2:].partition("\n")
            command += "\n" + more
        yield command, output


# How far a command is: told where it takes over two seconds, which no page waits for.
PROGRESS = re.compile(r"^[\w ./-]+: .*\(\d+ %\), .*left$\n?", re.M)


def run(command, folder, source):
    """What a command prints: `bitloom` is the tests' program, `python3` the Python of this test."""
    programs = f"{folder}/.bin:{pathlib.Path(os.environ['BITLOOM']).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "BITLOOM_SOURCE": str(source)}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return PROGRESS.sub("", done.stdout)


def check(page, update, source):
    text = page.read_text()
    faults, pieces, at = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        python = pathlib.Path(folder, ".bin/python3")
        python.parent.mkdir()
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        for copied in COPY.findall(text):
            shutil.copy(source / copied, folder)
        for block in FENCE.finditer(text):
            body = block["body"]
            if block["file"]:
                pathlib.Path(folder, block["file"]).write_text(body)
            elif block["language"] == "console":
                rewritten = ""
                for command, shown in commands_of(body):
                    printed = run(command, folder, source)
                    if not outputs_match(shown, printed):
                        faults += difflib.unified_diff(shown.splitlines(), printed.splitlines(),
                                                       str(page), command, n=0, lineterm="")
                        shown = printed
                    prompted = command.replace("\n", "\n> ")
                    rewritten += f"$ {prompted}\n{shown}"
                pieces.append(text[at:block.start("body")] + rewritten)
                at = block.end("body")
    if update:
        page.write_text("".join(pieces) + text[at:])
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite the outputs in the pages")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    source = pathlib.Path(__file__).resolve().parents[2]
    faults = [line for page in options.pages for line in check(page, options.update, source)]
    if faults and not options.update:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
