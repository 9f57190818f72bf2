#!/usr/bin/env python3
"""search is the program's search by sensitivities."""
import json
import pathlib
import tempfile
import unittest

import bitloom
from support import command, complaint, json_of

NETWORK = bitloom.Network("resnet20")


def sensitivities():
    """Omegas that fall by 4 a bit, weighed by each layer's place."""
    def omega(factor):
        return {"trace": factor, "standard_error": 0.1, "probes": 9, "eigenvalues": [factor],
                "residuals": [0.1],
                "omega": {str(bits): factor * 4.0**-bits for bits in range(2, 9)}}

    return {"schema": 1, "network": "resnet20", "method": "trace", "quantizer": "min-max",
            "seed": 0, "layers": [{"name": name, "weights": omega(1 + i % 7),
                                   "activations": omega(2 + i % 3)}
                                  for i, name in enumerate(NETWORK.layer_names)]}


class Searches(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "s.json"
        self.file.write_text(json.dumps(sensitivities()))
        self.asked = ["search", "--network", "resnet20", "--hardware", "bismo-edge",
                      "--sensitivity", self.file]

    def test_are_the_programs(self):
        for method in ("hawq-v3", "hawq-v2", "hawq"):
            asked = [*self.asked, "--method", method, "--budget", "latency=0.6x,size=0.2MB",
                     "--edge-layers", "8/8", "--weight-bits", "2,4,8"]
            found = bitloom.search(NETWORK, "bismo-edge", self.file,
                                   {"latency": "0.6x", "size": "0.2MB"}, method=method,
                                   edge_layers=8, weight_bits=[2, 4, 8])
            self.assertEqual(found.to_dict(), json_of(*asked))
            self.assertEqual(str(found), command(*asked))
            self.assertEqual(found.policy["conv1"], (8, 8))

    def test_take_sensitivities_that_are_dicts(self):
        found = bitloom.search(NETWORK, "bismo-edge", sensitivities(), ["latency=0.5x"])
        latency = bitloom.simulate(NETWORK, "bismo-edge", found.policy).latency_ms
        self.assertLessEqual(latency, bitloom.simulate(NETWORK, "bismo-edge").latency_ms * 0.5)
        self.assertEqual(len(found.records()), len(NETWORK))

    def test_may_be_turned_round_and_swept(self):
        cheap = bitloom.search(NETWORK, "bismo-edge", self.file, minimize="energy", max_omega=1)
        self.assertLessEqual(cheap.omega, 1)
        run = self.folder / "run"
        swept = bitloom.search(NETWORK, "bismo-edge", self.file, ["latency=0.5x"], points=5,
                               folder=run)
        self.assertEqual(swept.frontier(),
                         json.loads((run / "frontier.json").read_text())["points"])
        self.assertEqual(bitloom.Policy.load(run / "policy.json", NETWORK), swept.policy)

    def test_are_refused_as_the_program_refuses(self):
        for budget in ("latency=0.001x", "latency=1m", "time=3"):
            with self.assertRaises(bitloom.InputError) as raised:
                bitloom.search(NETWORK, "bismo-edge", self.file, [budget])
            self.assertIn(str(raised.exception), complaint(*self.asked, "--budget", budget))
        with self.assertRaisesRegex(bitloom.InputError, "unknown method 'haq'"):
            bitloom.search(NETWORK, "bismo-edge", self.file, method="haq")
        with self.assertRaisesRegex(bitloom.InputError, "each needs the other"):
            bitloom.search(NETWORK, "bismo-edge", self.file, minimize="latency")


if __name__ == "__main__":
    unittest.main()
