"""The front of the example of docs/guide/exploration.md: latency over LUTs."""

import csv
import math
import pathlib
import re
import sqlite3
import subprocess
import tempfile

from svg import BLUE, INK, ORANGE, Figure

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs/guide/exploration.md"
LEFT, RIGHT, TOP, BOTTOM = 80, 790, 60, 330


def explored(program):
    """Latency, energy and LUTs of the feasible points of the page's space, and its front."""
    space = re.search(r"<!-- file: space.yaml -->\n```yaml\n(.*?)```", PAGE.read_text(), re.S)
    with tempfile.TemporaryDirectory() as folder:
        file, store = pathlib.Path(folder, "space.yaml"), pathlib.Path(folder, "store.db")
        file.write_text(space.group(1))
        done = subprocess.run([program, "explore", "--space", file, "-o", store, "--csv", "-"],
                              check=True, capture_output=True, text=True)
        with sqlite3.connect(store) as database:
            rows = database.execute("SELECT latency_ms, energy_mj, lut FROM points "
                                    "WHERE refusal IS NULL ORDER BY point").fetchall()
    front = [tuple(float(row[column]) for column in ("latency_ms", "energy_mj", "lut"))
             for row in csv.DictReader(done.stdout.splitlines())]
    return rows, front


def knee_of(front):
    ends = [(min(values), max(values)) for values in zip(*front)]
    return min(front, key=lambda point: sum(((value - least) / (most - least)) ** 2
                                            for value, (least, most) in zip(point, ends)))


def scale(values, start, end):
    """From a value to its place on a logarithmic axis."""
    least, most = math.log(min(values) / 1.06), math.log(max(values) * 1.06)
    return lambda value: round(
        start + (end - start) * (math.log(value) - least) / (most - least), 1)


def dot(figure, x, y, size, fill):
    figure.rect(round(x - size / 2, 1), round(y - size / 2, 1), size, size, fill,
                radius=size / 2)


def axes(figure, x, y):
    figure.line(LEFT, BOTTOM, RIGHT, BOTTOM)
    for ms in (70, 100, 200, 300, 500, 700):
        figure.text(x(ms), BOTTOM + 18, str(ms), 12, "middle")
    for luts in (2000, 5000, 10000, 20000, 50000):
        figure.line(LEFT, y(luts), RIGHT, y(luts), "#e3e6ea")
        figure.text(LEFT - 6, y(luts) + 4, f"{luts:,}", 12, "end")
    figure.text((LEFT + RIGHT) / 2, BOTTOM + 40, "latency (ms)", 13, "middle")
    figure.text(LEFT - 6, TOP - 12, "LUTs", 13, "end")


def front_figure(program):
    """All feasible points, the front, its part that is best in the two, and the chosen points."""
    rows, front = explored(program)
    f = Figure(820, 380, "The front of 576 machines: latency over LUTs")
    f.text(20, 28, f"{len(front)} of {len(rows)} feasible machines are on the front of latency, "
                   "energy and LUTs", 15, weight="bold")
    x = scale([row[0] for row in rows], LEFT, RIGHT)
    y = scale([row[2] for row in rows], BOTTOM, TOP)
    axes(f, x, y)
    for row in rows:
        if row not in front:
            dot(f, x(row[0]), y(row[2]), 4, "#c9ced6")
    best = None
    for ms, _, luts in sorted(front, key=lambda point: (point[0], point[2])):
        if best is None or luts < best[1]:
            if best:
                f.line(x(best[0]), y(best[1]), x(ms), y(best[1]), BLUE)
                f.line(x(ms), y(best[1]), x(ms), y(luts), BLUE)
            best = ms, luts
    for point in front:
        dot(f, x(point[0]), y(point[2]), 6, BLUE)
    chosen = {"knee": knee_of(front)}
    for i, name in enumerate(("least latency", "least energy", "least LUTs")):
        chosen[name] = min(front, key=lambda point, i=i: point[i])
    for name, point in chosen.items():
        dot(f, x(point[0]), y(point[2]), 9, ORANGE)
        on_left = name == "least LUTs"
        f.text(x(point[0]) + (-9 if on_left else 9), y(point[2]) - 8, name, 12,
               "end" if on_left else "start", INK)
    return f
