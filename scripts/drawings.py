"""Figures that explain: drawn from the rules, without the program."""

from svg import BLUE, GRAY, GREEN, INK, ORANGE, PALE, Figure

WHITE = "#ffffff"
TINTS = {BLUE: "#d6e4f5", ORANGE: "#fae3c6", GREEN: "#d5ead9"}


def array():
    """DRAM, ports, buffers, the array; beside it one DPU."""
    f = Figure(820, 400, "The array of a bit-serial accelerator, and one dot-product unit")
    f.text(20, 28, "The machine", 15, weight="bold")
    f.box(20, 50, 80, 310, ["DRAM"])
    left, top, cell = 296, 150, 62
    for i in range(3):
        y = top + i * (cell + 10)
        f.box(150, y + 12, 112, 38, [f"buffer, row {i}"], "#e3edf8", BLUE, 12)
        f.line(262, y + 31, left - 2, y + 31, BLUE, 2, arrow=True)
        f.line(124, y + 31, 148, y + 31, BLUE, 2, arrow=True)
        f.box(left + i * (cell + 10), 74, cell, 44, ["buffer", f"col. {i}"], "#fbeedd", ORANGE, 12)
        f.line(left + i * (cell + 10) + 31, 118, left + i * (cell + 10) + 31, top - 2, ORANGE, 2,
               arrow=True)
        f.line(left + i * (cell + 10) + 31, 58, left + i * (cell + 10) + 31, 72, ORANGE, 2,
               arrow=True)
        for j in range(3):
            f.box(left + j * (cell + 10), y, cell, cell, ["DPU"], WHITE, GRAY)
    f.line(100, 58, left + 175, 58, ORANGE, 2)
    f.text(110, 50, "weight port", 12)
    f.line(100, 253, 124, 253, BLUE, 2)
    f.line(124, top + 31, 124, top + 175, BLUE, 2)
    f.text(110, 140, "activation port", 12)
    f.text(left + 80, 385, "rows: output pixels; columns: output channels", 12, "middle")

    x = 540
    f.text(x, 28, "One DPU, in one cycle", 15, weight="bold")
    f.rect(x, 50, 260, 310, WHITE, GRAY, 6)
    f.text(x + 14, 76, "a word of dk bits of one plane", 12)
    f.code(x + 14, 100, "1 0 1 1", 15, fill=BLUE, weight="bold")
    f.code(x + 150, 100, "1 1 0 1", 15, fill=ORANGE, weight="bold")
    f.line(x + 44, 108, x + 110, 130, BLUE, 2, arrow=True)
    f.line(x + 180, 108, x + 150, 130, ORANGE, 2, arrow=True)
    steps = [("AND", "1 0 0 1"), ("count the ones", "2"), ("shift by i + j", "2 << (1 + 0) = 4"),
             ("add to the accumulator", "32 bits")]
    for i, (name, value) in enumerate(steps):
        y = 134 + i * 56
        f.box(x + 30, y, 200, 42, [name, value], "#edf6ef", GREEN, 12)
        if i + 1 < len(steps):
            f.line(x + 130, y + 42, x + 130, y + 54, GREEN, 2, arrow=True)
    f.text(x + 130, 385, "a sign plane subtracts instead of adding", 12, "middle")
    return f


def bits_row(f, x, y, bits, color):
    for i, bit in enumerate(bits):
        f.rect(x + i * 26, y, 22, 22, WHITE if bit == 0 else TINTS[color], color)
        f.code(x + i * 26 + 11, y + 16, str(bit), 13, "middle")


def bit_planes():
    """(-3, 2) times (3, 1), plane by plane: the example of the page on integer arithmetic."""
    weights, activations = [-3, 2], [3, 1]
    weight_planes = [([w >> i & 1 for w in weights], -4 if i == 2 else 1 << i) for i in range(3)]
    activation_planes = [([a >> i & 1 for a in activations], 1 << i) for i in range(2)]
    f = Figure(820, 350, "Two small vectors multiplied plane by plane")
    f.text(
        20, 28, "weights (-3, 2) in 3 bits times activations (3, 1) in 2 bits", 15, weight="bold"
    )
    f.text(20, 60, "bit-planes", 13, weight="bold")
    for i, (bits, weight) in enumerate(weight_planes):
        f.text(20, 88 + i * 34, f"weights, plane {i}", 12)
        bits_row(f, 150, 72 + i * 34, bits, ORANGE)
        f.text(212, 88 + i * 34, f"weighs {weight:+d}", 12)
    for i, (bits, weight) in enumerate(activation_planes):
        f.text(20, 206 + i * 34, f"activations, plane {i}", 12)
        bits_row(f, 150, 190 + i * 34, bits, BLUE)
        f.text(212, 206 + i * 34, f"weighs {weight:+d}", 12)
    f.text(20, 280, "A plane holds one bit of every number.", 12)
    f.text(20, 298, "The top plane of a signed number", 12)
    f.text(20, 316, "has a negative weight.", 12)
    columns = [320, 431, 500, 590, 680, 770]
    for x, words in zip(columns, ("cycle", "AND", "ones", "factor", "adds", "sum")):
        f.text(x, 60, words, 13, "start" if x == 320 else "middle", weight="bold")
    total, row = 0, 0
    for i, (w, weight) in enumerate(weight_planes):
        for j, (a, other) in enumerate(activation_planes):
            both = [p & q for p, q in zip(w, a)]
            ones, factor = sum(both), weight * other
            total += ones * factor
            y = 88 + row * 40
            f.line(320, y + 14, 800, y + 14, "#d5dbe2")
            f.text(320, y, f"{row}: w{i}, a{j}", 12)
            bits_row(f, 406, y - 16, both, GREEN)
            f.text(500, y, str(ones), 13, "middle")
            f.text(590, y, f"{factor:+d}", 13, "middle")
            f.text(680, y, f"{ones * factor:+d}", 13, "middle")
            f.text(770, y, str(total), 13, "middle", weight="bold" if row == 5 else "normal")
            row += 1
    f.text(320, 336, "-3 x 3 + 2 x 1 = -7", 13)
    return f


WORDS, PLANES, ROWS, PHASES = 2, 2, 2, 4  # of the timing page's example, a tile a block


def walk(overlap):
    """Issue slots and first beats of each phase: beats and slots one by one."""
    beats = WORDS * PLANES * ROWS
    ends, fetches, slots = [], [], []
    for phase in range(PHASES):
        end = ends[-1] if ends else 0
        if overlap:
            first = max(fetches[-1] + beats if fetches else 0, ends[-2] if len(ends) > 1 else 0)
        else:
            first = end
        arrival = {(k, i): first + (k * PLANES + i + 1) * ROWS - 1
                   for k in range(WORDS) for i in range(PLANES)}
        at, issued = end - 1, []
        for k in range(WORDS):
            for inner in range(PLANES):
                for outer in range(PLANES):
                    at = max(at + 1, arrival[k, inner], arrival[k, outer])
                    issued.append(at)
        fetches.append(first)
        slots.append(issued)
        ends.append(at + 1)
    return fetches, slots, ends


def phases():
    """The figure, and the cycles of both variants."""
    f = Figure(820, 340, "Phases on a time axis")
    f.text(20, 28, "Four phases of 8 issue slots; each block takes 8 beats", 15, weight="bold")
    left, scale, totals = 150, 15.6, []
    for part, (name, overlap) in enumerate((("one after another (published)", False),
                                            ("overlap, buffers in halves", True))):
        fetches, slots, ends = walk(overlap)
        totals.append(ends[-1])
        top = 52 + part * 138
        f.text(20, top + 10, f"{name}: {ends[-1]} cycles", 13, weight="bold")
        for lane, words in enumerate(("activation port", "weight port", "array")):
            y = top + 22 + lane * 26
            f.text(20, y + 14, words, 12)
            f.line(left, y + 20, left + 40.5 * scale, y + 20, "#d5dbe2")
        for phase in range(PHASES):
            color = (BLUE, GREEN, ORANGE, GRAY)[phase]
            for lane in range(2):
                for beat in range(8):
                    f.rect(
                        left + (fetches[phase] + beat) * scale, top + 24 + lane * 26, scale - 2, 16,
                        color
                    )
            for slot in slots[phase]:
                f.rect(left + slot * scale, top + 76, scale - 2, 16, color)
        for cycle in range(0, 41, 5):
            f.text(left + cycle * scale, top + 112, str(cycle), 12, "middle")
    f.text(
        left + 20 * scale, 328, "cycle; a colour is a phase, a mark a beat or an issue slot", 13,
        "middle"
    )
    return f, totals


def flow():
    """From a network and a machine to a report."""
    f = Figure(820, 320, "From network to report")
    f.box(20, 30, 150, 48, ["network", "zoo"], "#e3edf8", BLUE)
    f.box(20, 110, 150, 48, ["hardware", "YAML"], "#fbeedd", ORANGE)
    f.box(
        20, 236, 150, 62, ["weights, images", "safetensors,", "CIFAR-10, ..."], "#e3edf8", BLUE, 12
    )
    f.box(215, 60, 150, 62, ["schedule", "products, tiles,", "blocks, phases"], WHITE, GRAY, 12)
    f.line(170, 54, 213, 80, BLUE, 2, arrow=True)
    f.line(170, 134, 213, 104, ORANGE, 2, arrow=True)
    for i, lines in enumerate((["analytic engine", "closed forms"], ["cycle engine", "SystemC"],
                               ["RTL", "Verilated"])):
        y = 20 + i * 62
        f.box(420, y, 150, 46, lines, "#edf6ef", GREEN, 12)
        f.line(365, 91, 418, y + 23, GRAY, 2, arrow=True)
        f.line(570, y + 23, 638, 91, GREEN, 2, arrow=True)
    f.box(640, 60, 160, 62, ["costs", "cycles, mJ, bytes", "of each layer"], WHITE, GRAY, 12)
    f.text(720, 145, "compared with one", 12, "middle")
    f.text(720, 162, "another", 12, "middle")
    f.box(215, 236, 150, 62, ["network, quantized", "accuracy,", "sensitivities"], WHITE, GRAY, 12)
    f.line(170, 267, 213, 267, BLUE, 2, arrow=True)
    f.box(420, 236, 150, 62, ["search", "bits within", "budgets"], "#edf6ef", GREEN, 12)
    f.line(365, 267, 418, 267, GRAY, 2, arrow=True)
    f.line(720, 172, 720, 205, GRAY, 2)
    f.line(720, 205, 495, 205, GRAY, 2)
    f.line(495, 205, 495, 234, GRAY, 2, arrow=True)
    f.box(
        640, 236, 160, 62, ["policy, report", "fine-tuned,", "checked on the RTL"], "#e3edf8", BLUE,
        12
    )
    f.line(570, 267, 638, 267, GREEN, 2, arrow=True)
    return f
