#!/usr/bin/env python3
"""Arguments at their ends: numbers, indices, arrays, and what is changed after it was given."""
import os
import pathlib
import pickle
import stat
import tempfile
import threading
import unittest
import warnings

import numpy as np

import bitloom
from module_search_test import sensitivities

EDGE = "bismo-edge"
DESCRIBED = {"family": "bismo", "array": {"dm": 8, "dk": 128, "dn": 16},
             "buffers": {"activation_words": 2048, "weight_words": 1024},
             "ports": {"activation_bits": 64, "weight_bits": 128}, "clock_mhz": 250}


class Arguments(unittest.TestCase):

    def setUp(self):
        warnings.simplefilter("ignore")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def refuses(self, kind, text, call, *arguments, **options):
        with self.assertRaises(kind) as raised:
            call(*arguments, **options)
        self.assertIn(text, str(raised.exception))
        self.assertNotIn("\n", str(raised.exception))

    def test_edge_layers_are_checked(self):
        asked = {"compare": (["resnet20", [EDGE, "bismo-cloud"]], {"random": 3}),
                 "search": (["resnet20", EDGE, sensitivities()], {}),
                 "simulate": (["resnet20", EDGE], {})}
        for edges in ((0, 4), (-3, 4), (17, 17)):
            for name, (arguments, options) in asked.items():
                with self.subTest(name, edges=edges):
                    self.refuses(bitloom.InputError, "in [1, 16]",
                                 getattr(bitloom, name), *arguments, **options, edge_layers=edges)

    def test_edge_layers_may_be_free(self):
        found = [bitloom.search("resnet20", EDGE, sensitivities(), {"latency": "0.6x"},
                                edge_layers=edges).to_json() for edges in (None, "free")]
        self.assertEqual(found[0], found[1])

    def test_layers_are_indices(self):
        def names(layers):
            return [layer["name"] for layer in
                    bitloom.simulate("resnet20", EDGE, layers=layers).records()]

        every = names(None)
        self.assertEqual(names(0), every[:1])
        self.assertEqual(names([-1]), every[-1:])
        self.assertEqual(names(np.arange(3)), every[:3])
        self.assertEqual(names((np.int64(2), every[0])), [every[0], every[2]])
        self.assertEqual(names(every[4]), [every[4]])
        self.assertEqual(names(["3-5"]), every[3:6])
        self.assertEqual(names(every[0] + "," + every[1]), every[:2])
        for call in (bitloom.simulate, bitloom.explain, bitloom.verify):
            for none in ([], (), np.arange(0)):
                self.refuses(bitloom.InputError, "layers: is empty", call, "resnet20", EDGE,
                             layers=none)
            self.refuses(bitloom.InputError, "layers 20: must be a whole number in [-20, 19]", call,
                         "resnet20", EDGE, layers=[20])
            self.refuses(TypeError, "layers: must be a whole number, got True", call, "resnet20",
                         EDGE, layers=True)

    def test_the_cycle_engine_refuses_a_call_of_its_own_progress(self):
        def again(*far):
            bitloom.simulate("resnet20", EDGE, engine="cycle", jobs=1)

        self.refuses(bitloom.InputError, "runs in this thread already", bitloom.simulate,
                     "resnet20", EDGE, engine="cycle", jobs=1, progress=again)
        bitloom.simulate("resnet20", EDGE, engine="cycle", jobs=1)

    def test_saved_policies_keep_what_is_there(self):
        policy = bitloom.Policy.of(4, "resnet20")
        folder = pathlib.Path(self.folder.name)
        file, link, pipe = folder / "kept.json", folder / "link.json", folder / "pipe"
        before = os.umask(0o022)
        self.addCleanup(os.umask, before)
        policy.save(file)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644)
        file.chmod(0o640)
        link.symlink_to(file)
        policy.save(link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o640)
        os.mkfifo(pipe)
        read = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
        reader.start()
        policy.save(pipe)
        reader.join()
        self.assertEqual(read, [file.read_text()])
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))
        self.refuses(bitloom.Error, "/dev/full", policy.save, "/dev/full")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        self.refuses(bitloom.Error, f"{folder}/none/p.json: cannot be written", policy.save,
                     folder / "none" / "p.json")
        self.assertEqual(sorted(os.listdir(folder)), ["kept.json", "link.json", "pipe"])

    def test_numbers_of_searches_are_checked(self):
        def search(**options):
            bitloom.search("resnet20", EDGE, sensitivities(), {"latency": "0.6x"}, **options)

        def solve(**options):
            bitloom.solve([[1, 2]], {"c": [[2, 1]]}, {"c": 2}, **options)

        def pareto(**options):
            bitloom.pareto([[1, 2]], {"c": [[2, 1]]}, **options)

        for call in (search, pareto):
            for points in (0, -1, 10**9, 10**30):
                self.refuses(bitloom.InputError, "must be a whole number in [2, 10000]", call,
                             points=points)
        for call in (search, solve, pareto):
            for seconds in (-1, 0, float("inf"), 1e10):
                self.refuses(bitloom.InputError, "must be in [1, 604800] seconds", call,
                             time_limit=seconds)
            self.refuses(bitloom.InputError, "time_limit: must be a number, got nan", call,
                         time_limit=float("nan"))
        self.refuses(bitloom.InputError, "max_omega: must be a number, got nan", search,
                     minimize="latency", max_omega=float("nan"))
        self.refuses(bitloom.InputError, "max_omega: must be a number, got nan", solve,
                     minimize="c", max_omega=float("nan"))

    def test_what_is_changed_later_changes_nothing(self):
        told = {**DESCRIBED, "array": dict(DESCRIBED["array"])}
        machine = bitloom.Hardware(told, name="mine")
        told["array"]["dm"] = 16
        for other in (machine.with_settings({}), pickle.loads(pickle.dumps(machine))):
            self.assertEqual(other.to_dict()["array"], machine.to_dict()["array"])
        layer = {"layer": "a", "kind": "fc", "K": 1, "I": 1, "S": 1, "IC": 3, "OC": 16}
        network = bitloom.Network([layer], name="mine")
        layer["OC"] = 32
        self.assertEqual(pickle.loads(pickle.dumps(network)).to_json(), network.to_json())


if __name__ == "__main__":
    unittest.main()
