#!/usr/bin/env python3
"""solve and pareto find the best of the user's own figures."""
import itertools
import json
import pathlib
import random
import tempfile
import unittest

import numpy as np

import bitloom
from support import json_of


def best(omega, costs, budgets):
    """The least omega of all choices that keep the budgets, by enumeration."""
    layers = [range(len(row)) for row in omega]

    def total(rows, picks):
        return sum(row[i] for row, i in zip(rows, picks))

    fitting = [picks for picks in itertools.product(*layers)
               if all(total(costs[name], picks) <= most for name, most in budgets.items())]
    return min((total(omega, picks) for picks in fitting), default=None)


class Problems(unittest.TestCase):

    def test_are_solved_as_enumeration_solves_them(self):
        draw = random.Random(2)
        for _ in range(40):
            layers = [draw.randint(1, 4) for _ in range(draw.randint(1, 5))]
            figures = [[[draw.randint(0, 50) / 4 for _ in range(count)] for count in layers]
                       for _ in range(3)]
            omega, costs = figures[0], {"ms": figures[1], "mj": figures[2]}
            budgets = {"ms": draw.randint(0, 120) / 4, "mj": draw.randint(0, 120) / 4}
            least = best(omega, costs, budgets)
            if least is None:
                with self.assertRaisesRegex(bitloom.InputError, "no policy keeps"):
                    bitloom.solve(omega, costs, budgets)
                continue
            found = bitloom.solve(omega, costs, budgets)
            self.assertAlmostEqual(found.omega, least)
            self.assertTrue(found.proved_optimal)
            self.assertTrue(all(found.costs[name] <= most for name, most in budgets.items()))

    def test_are_the_programs(self):
        omega = [[4.0, 1.5, 0.25], [3.0, 1.0, 0.5]]
        ms = [[1.0, 2.0, 4.0], [2.0, 3.0, 6.0]]
        labels = ["2", "4", "8"]
        problem = {"layers": [{"name": f"layer {i}", "choices": [
            {"label": label, "omega": o, "cost": {"ms": c}}
            for label, o, c in zip(labels, omega[i], ms[i])]} for i in range(2)],
            "budgets": [{"name": "budgets", "limits": {"ms": 6}}]}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "problem.json")
            file.write_text(json.dumps(problem))
            theirs = json_of("search", "--problem", file)["solutions"]
            swept = json_of("search", "--problem", file, "--pareto", "5")["solutions"]
        self.assertEqual([bitloom.solve(omega, {"ms": ms}, {"ms": 6}, labels=labels).to_dict()],
                         theirs)
        points = bitloom.pareto(omega, {"ms": ms}, points=5, labels=labels)
        self.assertEqual([p.to_dict() for p in points], [p for p in swept if "limit" in p])
        self.assertEqual(points[0].labels, ("2", "2"))
        self.assertEqual(points.to_numpy()["cost.ms"][0], 3)

    def test_of_arrays_by_bits_tell_their_places(self):
        omega = np.arange(8.0)[::-1].reshape(2, 2, 2)
        cost = np.ones((2, 2, 2))
        cost[0, 1, 1] = np.inf
        found = bitloom.solve(omega, {"ms": cost}, {})
        self.assertEqual(found.indices.tolist(), [[1, 0], [1, 1]])
        self.assertEqual(found.labels, ("1/0", "1/1"))

    def test_may_be_tied_and_turned_round(self):
        omega = [[5, 1], [1, 2]]
        ms = [[1, 2], [1, 3]]
        tied = bitloom.solve(omega, {"ms": ms}, {}, ties=[[0, 1]])
        self.assertEqual(tied.choices.tolist(), [1, 1])
        cheap = bitloom.solve(omega, {"ms": ms}, {}, minimize="ms", max_omega=4)
        self.assertEqual(cheap.choices.tolist(), [1, 0])

    def test_may_have_names_of_all_scripts(self):
        found = bitloom.solve([[1, 2]], {"ms": [[1, 1]]}, {}, names=["\N{ROCKET} \u5c42"],
                              labels=["\u00e9", "\N{ROCKET}"])
        self.assertEqual(found.labels, ("\u00e9",))

    def test_that_do_not_fit_are_refused(self):
        with self.assertRaisesRegex(bitloom.InputError, "no policy keeps mj 1: the least mj is 2"):
            bitloom.pareto([[1]], {"ms": [[2]], "mj": [[2]]}, "ms", budgets={"mj": 1})
        for text, omega, costs, budgets in [
                ("shape of omega, 2 layers of 2 choices, got 1 layers of 2 choices",
                 [[1, 2], [1, 2]], {"ms": [[1, 2]]}, {}),
                ("must be numbers", [["a"]], {"ms": [[1]]}, {}),
                ("no choice has finite figures", [[np.nan]], {"ms": [[1]]}, {}),
                ("ms", [[1]], {"ms": [[1]]}, {"mj": 1}),
                ("no policy keeps ms 1: the least ms is 2", [[1]], {"ms": [[2]]}, {"ms": 1})]:
            with self.assertRaisesRegex(bitloom.InputError, text):
                bitloom.solve(omega, costs, budgets)


if __name__ == "__main__":
    unittest.main()
