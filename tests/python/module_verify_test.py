#!/usr/bin/env python3
"""The RTL's verdicts are the program's; without the program of Verilated cores this is skipped."""
import pathlib
import sys
import unittest

import bitloom
from support import PROGRAM, complaint, json_of

if not pathlib.Path(PROGRAM).with_name("bitloom-verify").exists():
    print("skipped: bitloom-verify is not built")
    sys.exit(77)


class Verdicts(unittest.TestCase):

    def test_are_the_programs(self):
        asked = ["verify", "--network", "resnet20", "--hardware", "bismo-edge", "--bits", "3/2",
                 "--edge-layers", "4/4", "--layers", "0,linear", "--seed", "3"]
        found = bitloom.verify("resnet20", "bismo-edge", (3, 2), edge_layers=4,
                               layers=["0", "linear"], seed=3)
        self.assertTrue(found.passed)
        self.assertEqual(found.to_dict(), json_of(*asked))
        self.assertEqual(repr(found), "Verification: 2 of 2 layers pass")
        self.assertEqual(found.to_numpy()["rtl_cycles"].tolist(),
                         found.to_numpy()["cycle_cycles"].tolist())
        self.assertIn("PASS: 2 of 2 layers pass", str(found))
        self.assertNotIn("written", str(found))

    def test_are_of_machines_that_are_dicts(self):
        told = bitloom.Hardware("bismo-edge").to_dict()
        machine = bitloom.Hardware(told, name="mine")
        found = bitloom.verify(bitloom.Network("resnet20", classes=7), machine, 2,
                               layers=["linear"])
        self.assertEqual(found.to_dict()["hardware"], "mine")
        self.assertEqual(found.records()[0]["values"], 7)

    def test_are_refused_as_the_program_refuses(self):
        with self.assertRaises(bitloom.InputError) as raised:
            bitloom.verify("resnet20", "bitfusion-haq", 3, layers=["none"])
        self.assertEqual(str(raised.exception),
                         complaint("verify", "--network", "resnet20", "--hardware",
                                   "bitfusion-haq", "--layers", "none", "--bits", "3/3"))
        table = bitloom.Network([{"layer": "a", "kind": "fc", "K": 1, "I": 1, "S": 1, "IC": 3,
                                  "OC": 16}])
        with self.assertRaisesRegex(bitloom.InputError, "not a table of layers"):
            bitloom.verify(table, "bismo-edge", 3)


if __name__ == "__main__":
    unittest.main()
