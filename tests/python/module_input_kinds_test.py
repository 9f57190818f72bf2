#!/usr/bin/env python3
"""What arguments may be: numbers of any size and kind, texts, arrays, and names of files."""
import json
import os
import pathlib
import signal
import tempfile
import threading
import time
import unittest
import warnings
from unittest import mock

import numpy as np

import bitloom
from bitloom import programs
from module_search_test import sensitivities

EDGE = "bismo-edge"
NETWORK = bitloom.Network("resnet20")
MACHINE = {"family": "bismo", "array": {"dm": 8, "dk": 128, "dn": 16},
           "buffers": {"activation_words": 2048, "weight_words": 1024},
           "ports": {"activation_bits": 64, "weight_bits": 128}, "clock_mhz": 250}
FULLY_CONNECTED = {"layer": "a", "kind": "fc", "K": 1, "I": 1, "S": 1, "IC": 3, "OC": 16}


def solve(costs=None, budgets=None, **options):
    return bitloom.solve([[1, 2]], {"c": [[2, 1]]} if costs is None else costs,
                         {"c": 2} if budgets is None else budgets, **options)


def compare(policies, **options):
    return bitloom.compare("resnet20", [EDGE, "bismo-cloud"], policies, **options)


class Kinds(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def refuses(self, kind, start, call, *arguments, **options):
        with self.assertRaises(kind) as raised:
            call(*arguments, **options)
        self.assertEqual(str(raised.exception)[:len(start)], start)
        self.assertNotIn("\n", str(raised.exception))

    def test_numbers_out_of_range(self):
        def point(number):
            told = mock.Mock(to_dict=lambda: {"store": "none.db"})
            bitloom.Exploration.to_yaml(told, number)

        for name, call, options in (
                ("seed -1", compare, {"policies": [4], "seed": -1}),
                ("seed 18446744073709551616", compare, {"policies": [4], "seed": 2**64}),
                ("gain", compare, {"policies": [4], "gain": 10**400}),
                ("batch 1", bitloom.Hardware, {"source": EDGE, "batch": 10**20}),
                ("seed -1", bitloom.explore, {"space": "s", "store": "t", "seed": -1}),
                ("seed -1", bitloom.verify, {"network": NETWORK, "hardware": EDGE, "seed": -1}),
                ("point 1", point, {"number": 10**30}),
                ("image_size 1", bitloom.Network, {"source": "resnet20", "image_size": 2**40}),
                ("costs 'c'", solve, {"costs": {"c": [[10**400, 1]]}}),
                ("budgets 'c'", solve, {"budgets": {"c": 10**400}})):
            with self.subTest(name):
                self.refuses(bitloom.InputError, name, call, **options)
        for name, options in (("batch", {"batch": 10**20}), ("bits", {"bits": (10**400, 4)}),
                              ("stalls", {"engine": "cycle", "stalls": 2**63}),
                              ("jobs", {"engine": "cycle", "jobs": 10**20})):
            self.refuses(bitloom.InputError, name, bitloom.simulate, NETWORK, EDGE, **options)
        self.refuses(bitloom.InputError, "max_bits", bitloom.cost_table, NETWORK, EDGE,
                     max_bits=10**20)

    def test_wrong_types(self):
        for call, options in ((solve, {"costs": [[2, 1]]}), (solve, {"names": 3}),
                              (solve, {"ties": 3}), (solve, {"minimize": 3})):
            self.refuses(TypeError, next(iter(options)), call, **options)
        self.refuses(TypeError, "settings: must be texts", bitloom.Hardware, EDGE, settings=[3])
        self.refuses(TypeError, "where: must be a text", bitloom.Exploration.load, "s.db", 3)
        self.refuses(TypeError, "policies: must be a list", compare, 3)
        self.refuses(TypeError, "network[0]: must be a dict", bitloom.Network, [3])

    def test_lone_surrogates(self):
        lone = "\ud800"
        self.refuses(bitloom.InputError, "name: must be UTF-8", bitloom.Hardware, MACHINE,
                     name=lone)
        self.refuses(bitloom.InputError, "hardware: must be UTF-8", bitloom.Hardware,
                     {**MACHINE, lone: 3})
        self.refuses(bitloom.InputError, "network: is no path", bitloom.Network, lone)
        self.refuses(bitloom.InputError, "network: must be UTF-8", bitloom.Network,
                     [{**FULLY_CONNECTED, "layer": lone}])
        self.refuses(bitloom.InputError, "layers: must be UTF-8", bitloom.simulate, NETWORK, EDGE,
                     layers=lone)
        self.refuses(bitloom.InputError, "labels: must be UTF-8", solve, labels=[lone, "b"])

    def test_booleans_are_no_numbers(self):
        for bits in (True, np.True_, (True, 4), [[True, 4]] * 20):
            self.refuses(TypeError, "bits: must be a whole number, got True", bitloom.simulate,
                         NETWORK, EDGE, bits)
        self.refuses(TypeError, "image_size: must be a whole number, got True", bitloom.Network,
                     "resnet20", image_size=True)
        self.refuses(TypeError, "batch: must be a whole number, got True", bitloom.simulate,
                     NETWORK, EDGE, batch=True)

    def test_numbers_of_numpy_are_numbers(self):
        settings = {"array.dm": np.int64(16), "clock_mhz": np.float32(200)}
        set_so = bitloom.Hardware(EDGE, settings=settings)
        self.assertEqual(set_so.to_dict()["array"]["dm"], 16)
        self.assertEqual(set_so.clock_mhz, 200)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = bitloom.Hardware({**MACHINE, "clock_mhz": np.int64(125)})
        self.assertEqual(told.clock_mhz, 125)

    def test_policies_are_arrays_and_lists_of_haq(self):
        policy = bitloom.Policy.of([[-1, -1], *[[4, 6]] * 19], NETWORK)
        self.assertEqual(policy["conv1"], (8, 8))
        array = policy.to_numpy()
        for form in (array, list(array), policy.to_list()):
            self.assertEqual(bitloom.Policy(form, NETWORK).to_list(), policy.to_list())
            self.assertEqual(bitloom.Policy.of(form, NETWORK).to_list(), policy.to_list())
        marked = np.where(array == 8, -1, array)
        self.assertEqual(bitloom.Policy(marked, NETWORK).to_list(), policy.to_list())
        self.refuses(bitloom.InputError, "--bits '-1/-1'", bitloom.simulate, NETWORK, EDGE, -1)

    def test_complaints_of_sensitivities_name_no_file(self):
        self.refuses(bitloom.InputError, "sensitivity:1:", bitloom.search, NETWORK, EDGE,
                     {**sensitivities(), "layers": 3}, {"latency": "0.6x"})

    def test_names_of_descriptions_have_no_folder(self):
        self.refuses(bitloom.InputError, "name 'sub/mine'", bitloom.Hardware, MACHINE,
                     name="sub/mine")

    def test_warnings_tell_the_line_that_called(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            machine = bitloom.Hardware(MACHINE)
            bitloom.simulate(NETWORK, machine)
            bitloom.simulate(NETWORK, MACHINE)
        self.assertGreaterEqual(len(told), 2)
        self.assertEqual({warning.filename for warning in told}, {__file__})

    def test_configurations_of_nncf_with_a_list_of_algorithms(self):
        entries = [[4, f"Net/NNCFConv2d[{name}]/conv2d_0|WEIGHT".replace(".", "]/B[")]
                   for name in NETWORK.layer_names]
        told = {"compression": [{"algorithm": "pruning"}, {
            "algorithm": "quantization", "initializer": {"precision": {
                "bitwidth_per_scope": entries}}}]}
        self.assertEqual(bitloom.Policy.from_nncf(told, NETWORK)["conv1"], (4, 8))

    def test_names_of_files_need_not_be_utf8(self):
        def place(name):
            return os.path.join(self.folder, "\udcff", name)

        os.mkdir(os.path.join(self.folder, "\udcff"))
        policy = bitloom.Policy.of(4, NETWORK)
        policy.save(place("p.json"))
        self.assertEqual(bitloom.Policy.load(place("p.json"), NETWORK).to_list(), policy.to_list())
        self.assertEqual(bitloom.simulate(NETWORK, EDGE, pathlib.Path(place("p.json"))).cycles,
                         bitloom.simulate(NETWORK, EDGE, 4).cycles)
        with open(place("m.yaml"), "w") as file:
            json.dump(MACHINE, file)
        with open(place("n.csv"), "w") as file:
            file.write(",".join(FULLY_CONNECTED) + "\na,fc,1,1,1,3,16\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = bitloom.simulate(place("n.csv"), place("m.yaml"), 4)
        self.assertGreater(told.cycles, 0)
        odd = os.path.join(self.folder, "\udcff.csv")
        os.link(place("n.csv"), odd)
        self.assertIn("\ufffd", str(bitloom.simulate(odd, EDGE, 4)) + repr(bitloom.Network(odd)))
        self.refuses(bitloom.InputError, place("none.yaml"), bitloom.Hardware, place("none.yaml"))

    def test_solutions_are_tables(self):
        found = solve(names=["first"], labels=["x", "y"])
        self.assertEqual(found.records(), [{"layer": "first", "choice": 0, "label": "x"}])
        self.assertIn("<td>first</td>", found._repr_html_())

    def test_ctrl_c_leaves_no_program(self):
        script = pathlib.Path(self.folder, "program")
        script.write_text("#!/bin/sh\nexec sleep 60\n")
        script.chmod(0o755)
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        with mock.patch.object(programs, "program", lambda: str(script)):
            with self.assertRaises(KeyboardInterrupt):
                programs.run(["verify"])
        self.assertLess(time.monotonic() - began, 30)
        with self.assertRaises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


if __name__ == "__main__":
    unittest.main()
