#!/usr/bin/env python3
"""Synthesizes the modules of rtl/ with Yosys over a grid of parameters and fits the area of a DPU.

Writes beside itself: area.csv, a row per module, parameters and flow (xilinx: 7-series LUTs,
flip-flops and DSP48E1 by synth_xilinx; then of modules that multiply nodsp: the same without
DSP48E1; of others gates: two-input gates and flip-flops by abc), and dpu_fit.csv and
scaled_dpu_fit.csv, the least-squares fits luts = a * dk + b * accumulator_bits + c with their
residuals, the first beside BISMO's published 2.04 dk + 109.
"""

import argparse
import csv
import itertools
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
RTL = HERE.parent

GRID = [
    ("popcount", [{"Width": dk} for dk in (8, 16, 32, 64, 128, 256)]),
    ("dpu", [{"Dk": dk, "AccumulatorWidth": acc}
             for dk, acc in itertools.product((8, 16, 32, 64, 96, 128, 192, 256), (16, 32))]),
    ("scaled_dpu", [{"Dk": dk, "AccumulatorWidth": acc, "FactorWidth": 16}
                    for dk, acc in itertools.product((8, 16, 32, 64, 96, 128, 192, 256), (16, 32))]
     + [{"Dk": 256, "AccumulatorWidth": 32, "FactorWidth": factor} for factor in (8, 24, 32)]),
    ("plane_factor", [{"CodeBits": bits} for bits in (4, 8, 12, 16)]),
    ("fetch_unit", [{"Rows": 8, "WordBits": dk, "PortBits": 64} for dk in (64, 128, 256)]),
    ("sequencer", [{"IndexWidth": 11}]),
    ("execute_pipeline", [{"Dm": n, "Dn": n} for n in (4, 8, 16)]),
    ("instruction_register", [{"Width": 64}]),
    ("result_bank", [{"TileBits": 2048, "PortBits": port} for port in (64, 2048)]),
    ("bit_brick", [{}]),
    ("fusion_unit", [{"AccumulatorWidth": 32}]),
    ("shift_unit", [{"ActivationBits": 8, "ExponentBits": 4}]),
    ("shift_column", [{"Rows": 16, "ActivationBits": 8, "ExponentBits": exponent,
                       "AccumulatorWidth": acc, "Sums": 1}
                      for exponent, acc in ((4, 40), (3, 32), (2, 32))]),
    ("serialiser", [{"Codes": 64, "CodeBits": 8, "Lanes": 8}]),
]

FLOWS = {
    "xilinx": "synth_xilinx -family xc7 -noiopad -noclkbuf -flatten -top {top}",
    "nodsp": "synth_xilinx -nodsp -family xc7 -noiopad -noclkbuf -flatten -top {top}",
    "gates": "synth -flatten -top {top}; abc -g simple; opt_clean",
}
MULTIPLIERS = ("scaled_dpu", "plane_factor")
FLIP_FLOP = re.compile(r"^(FD[RSCP]E|\$_\w*DFF\w*_)$")
LUT = re.compile(r"^LUT[1-6]$")


def cells(module, parameters, flow):
    """Cell counts by type after synthesis."""
    chparams = " ".join(f"-chparam {name} {value}" for name, value in parameters.items())
    script = (f"read_verilog -sv {' '.join(str(p) for p in sorted(RTL.glob('*.sv')))}; "
              f"hierarchy -top {module} {chparams}; rename -top {module}; "
              f"{FLOWS[flow].format(top=module)}; tee -o /dev/stdout stat")
    text = subprocess.run(
        ["yosys", "-q", "-p", script], check=True, capture_output=True, text=True
    ).stdout
    table = text[text.rindex("Number of cells:"):]
    return {
        name: int(count)
        for name, count in re.findall(r"^ +(\S+) +(\d+)$", table, re.MULTILINE)
    }


def row(module, parameters, flow):
    found = cells(module, parameters, flow)
    flip_flops = sum(n for name, n in found.items() if FLIP_FLOP.match(name))
    luts = sum(n for name, n in found.items() if LUT.match(name))
    gates = sum(
        n for name, n in found.items() if name.startswith("$_") and not FLIP_FLOP.match(name)
    )
    return {
        "module": module,
        "parameters": " ".join(f"{k}={v}" for k, v in parameters.items()),
        "flow": flow,
        "luts": luts if flow != "gates" else "",
        "carry4": found.get("CARRY4", 0) if flow != "gates" else "",
        "gates": gates if flow == "gates" else "",
        "flip_flops": flip_flops,
        "dsp48": found.get("DSP48E1", 0) if flow != "gates" else ""
    }


def solve(matrix, vector):
    """Least squares by the normal equations, Gaussian elimination with pivoting."""
    size = len(matrix[0])
    rows = [[sum(r[i] * r[j] for r in matrix) for j in range(size)] +
            [sum(r[i] * v for r, v in zip(matrix, vector))] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(size):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def fit(rows, module, quantity):
    points = []
    for r in rows:
        if r["module"] == module and r["flow"] == "xilinx":
            values = dict(item.split("=") for item in r["parameters"].split())
            if values.get("FactorWidth", "16") != "16":
                continue
            points.append((int(values["Dk"]), int(values["AccumulatorWidth"]), r[quantity]))
    factors = solve([[dk, acc, 1] for dk, acc, _ in points], [n for *_, n in points])
    for dk, acc, measured in points:
        model = factors[0] * dk + factors[1] * acc + factors[2]
        yield {
            "quantity": quantity,
            "per_dk_bit": f"{factors[0]:.3f}",
            "per_accumulator_bit": f"{factors[1]:.3f}",
            "constant": f"{factors[2]:.1f}",
            "dk": dk,
            "accumulator_bits": acc,
            "measured": measured,
            "fitted": f"{model:.1f}",
            "residual": f"{measured - model:.1f}",
            "bismo_published_luts":
                f"{2.04 * dk + 109:.1f}" if module == "dpu" and quantity == "luts" else ""
        }


def write(path, rows, tool):
    with open(path, "w", newline="", encoding="ascii") as file:
        file.write(f"# {tool}\n")
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=HERE, help="folder of the tables")
    folder = parser.parse_args().output
    tool = subprocess.run(["yosys", "-V"], check=True, capture_output=True,
                          text=True).stdout.strip()
    rows = [
        row(module, parameters, flow) for module, grid in GRID for parameters in grid
        for flow in (("xilinx", "nodsp") if module in MULTIPLIERS else ("xilinx", "gates"))
    ]
    write(folder / "area.csv", rows, tool)
    for module in ("dpu", "scaled_dpu"):
        write(folder / f"{module}_fit.csv",
              [*fit(rows, module, "luts"), *fit(rows, module, "flip_flops")], tool)


if __name__ == "__main__":
    main()
