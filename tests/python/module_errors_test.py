#!/usr/bin/env python3
"""Mistakes are exceptions with the line that the program prints."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings

import bitloom
from support import complaint


class Lines(unittest.TestCase):

    def refuses(self, kind, text, call, *arguments, **options):
        with self.assertRaises(kind) as raised:
            call(*arguments, **options)
        self.assertEqual(str(raised.exception), text)

    def same(self, kind, asked, call, *arguments, **options):
        """The program's complaint, without the option's name where it puts that before."""
        with self.assertRaises(kind) as raised:
            call(*arguments, **options)
        self.assertTrue(complaint(*asked).endswith(str(raised.exception)),
                        (complaint(*asked), str(raised.exception)))

    def test_of_names(self):
        on_edge = ["--hardware", "bismo-edge"]
        self.same(bitloom.InputError, ["simulate", "--network", "resnet8", *on_edge],
                  bitloom.Network, "resnet8")
        self.same(bitloom.InputError, ["describe", "hardware", "bismo-egde"],
                  bitloom.Hardware, "bismo-egde")
        self.same(ValueError, ["simulate", "--network", "resnet20", *on_edge, "--bits", "4/99"],
                  bitloom.simulate, "resnet20", "bismo-edge", "4/99")
        self.same(ValueError, ["simulate", "--network", "resnet20", *on_edge, "--bits", "4"],
                  bitloom.simulate, "resnet20", "bismo-edge", "4")
        self.same(bitloom.InputError, ["simulate", "--network", "resnet20", *on_edge, "--layers",
                                       "none"],
                  bitloom.simulate, "resnet20", "bismo-edge", layers=["none"])
        self.same(bitloom.Error, ["describe", "hardware", "bismo-edge", "--set", "array.dn=0"],
                  bitloom.Hardware, "bismo-edge", settings={"array.dn": 0})

    def test_of_files(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "mine.yaml")
            file.write_text("family: bismo\narray: {dm: 0}\n")
            self.same(bitloom.InputError, ["describe", "hardware", file], bitloom.Hardware, file)
            policy = pathlib.Path(folder, "policy.json")
            policy.write_text('{"network": "resnet20", "layers": []}')
            self.same(bitloom.InputError, ["simulate", "--network", "resnet20", "--hardware",
                                           "bismo-edge", "--policy", policy],
                      bitloom.simulate, "resnet20", "bismo-edge", policy)

    def test_of_configs_that_are_not_there(self):
        self.addCleanup(os.environ.pop, "BITLOOM_CONFIGS", None)
        os.environ["BITLOOM_CONFIGS"] = "nowhere"
        self.same(bitloom.InputError, ["describe", "hardware", "bismo-edge"], bitloom.Hardware,
                  "bismo-edge")

    def test_of_what_a_machine_cannot_do(self):
        narrow = {"timing.accumulator_bits": 8}
        with self.assertRaises(bitloom.UnsupportedError):
            bitloom.simulate("resnet20", bitloom.Hardware("bismo-edge", settings=narrow), 8)

    def test_of_dicts(self):
        self.refuses(bitloom.InputError, "mine: array.dm: must be in [1, 1024], got 0",
                     bitloom.Hardware, {"family": "bismo", "array": {"dm": 0, "dk": 8, "dn": 8}},
                     name="mine")
        layer = {"layer": "a", "kind": "conv", "K": 3, "I": 32, "P": 1, "S": 1, "IC": 3, "OC": 16}
        self.refuses(bitloom.InputError, "network[1]: K: must be a whole number in [1, 65536], got "
                     "'0'", bitloom.Network, [layer, {**layer, "layer": "b", "K": 0}])
        self.refuses(bitloom.InputError, "policy: layer 'conv1' is missing", bitloom.simulate,
                     "resnet20", "bismo-edge", {"linear": 4})
        self.refuses(bitloom.InputError, "policy: the network has no layer 'none'", bitloom.Policy,
                     {"none": 4}, "resnet20")
        self.refuses(bitloom.InputError, "policy: has bits of 3 layers, and the network has 20",
                     bitloom.simulate, "resnet20", "bismo-edge", [[4, 4]] * 3)

    def test_of_rows_with_a_batch(self):
        layer = {"layer": "a", "kind": "fc", "K": 1, "I": 1, "S": 1, "IC": 3, "OC": 16, "batch": 4}
        self.refuses(bitloom.InputError, "mine: its rows say batch 4, and 1 is priced; --batch 4 "
                     "would be right", bitloom.simulate, bitloom.Network([layer], name="mine"),
                     "bismo-edge", 8)

    def test_of_numbers(self):
        self.refuses(bitloom.InputError, "batch 0: must be a whole number in [1, 65536]",
                     bitloom.simulate, "resnet20", "bismo-edge", batch=0)
        self.refuses(TypeError, "batch: must be a whole number, got 1.5", bitloom.Hardware,
                     "bismo-edge", batch=1.5)
        self.refuses(bitloom.InputError, "bits 1099511627776/4: must be in [1, 16]",
                     bitloom.simulate, "resnet20", "bismo-edge", (2**40, 4))
        self.refuses(bitloom.InputError, "max_bits 17: must be a whole number in [1, 16]",
                     bitloom.cost_table, "resnet20", "bismo-edge", max_bits=17)
        self.refuses(bitloom.InputError, "jobs: only the cycle engine shares its work; add "
                     "engine='cycle'", bitloom.simulate, "resnet20", "bismo-edge", jobs=2)
        self.refuses(bitloom.InputError, "metric 'ms': must be one of cycles, energy_pj, "
                     "dram_bytes", bitloom.cost_table, "resnet20", "bismo-edge", "ms")

    def test_of_a_python_that_it_is_not_built_for(self):
        package = pathlib.Path(bitloom.__file__).parent
        with tempfile.TemporaryDirectory() as folder:
            there = pathlib.Path(folder, "bitloom")
            there.mkdir()
            for file in package.glob("*.py"):
                shutil.copy(file, there)
            done = subprocess.run([sys.executable, "-c", "import bitloom"], text=True,
                                  env={**os.environ, "PYTHONPATH": folder}, capture_output=True)
        self.assertIn(f"ImportError: bitloom is not built for Python {sys.version_info[0]}.",
                      done.stderr)

    def test_of_types(self):
        self.refuses(TypeError, "network: must be a name, a path or a list of layers, got 3",
                     bitloom.simulate, 3, "bismo-edge")
        self.refuses(TypeError, "hardware: must be a name, a path or a dict, got None",
                     bitloom.Hardware, None)
        self.refuses(TypeError, "hardware: must be a list of machines", bitloom.compare, "resnet20",
                     "bismo-edge", [4])

    def test_that_can_be_lived_with_are_warnings(self):
        told = {"family": "bismo", "array": {"dm": 8, "dk": 128, "dn": 16},
                "buffers": {"activation_words": 2048, "weight_words": 1024},
                "ports": {"activation_bits": 64, "weight_bits": 128}, "clock_mhz": 250}
        with self.assertWarnsRegex(UserWarning, "mine: gives no energies: takes those of a "):
            bitloom.Hardware(told, name="mine")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(UserWarning):
                bitloom.Hardware(told, name="mine")


if __name__ == "__main__":
    unittest.main()
