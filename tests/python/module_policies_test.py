#!/usr/bin/env python3
"""Policies are dicts of bits, to and from files and other programs' formats."""
import json
import pathlib
import tempfile
import unittest

import numpy as np

import bitloom

RESNET18 = bitloom.Network("resnet18").layer_names


def module(kind, children=None):
    """What PyTorch's modules tell of themselves."""
    made = type(kind, (), {})()
    made.named_children = lambda: list((children or {}).items())
    return made


def resnet18():
    """torchvision's classes and names."""
    def block(stage, i):
        convolutions = {"conv1": module("Conv2d"), "conv2": module("Conv2d")}
        if stage > 1 and i == 0:
            convolutions["downsample"] = module("Sequential", {"0": module("Conv2d")})
        return module("BasicBlock", convolutions)

    stages = {f"layer{stage}": module("Sequential", {str(i): block(stage, i) for i in range(2)})
              for stage in range(1, 5)}
    return module("ResNet", {"conv1": module("Conv2d"), **stages, "fc": module("Linear")})


class Policies(unittest.TestCase):

    def setUp(self):
        self.network = bitloom.Network("resnet20")

    def test_are_dicts_of_bits(self):
        policy = bitloom.Policy.of("4/6", self.network, edge_layers=8)
        self.assertEqual(policy["conv1"], (8, 8))
        self.assertEqual(policy["layer1.0.conv1"].activations, 6)
        policy["layer1.0.conv1"] = 2, 3
        self.assertEqual(policy.to_list()[1], [2, 3])
        self.assertEqual(list(policy), list(self.network.layer_names))
        self.assertEqual(dict(policy), dict(bitloom.Policy(dict(policy), self.network)))
        with self.assertRaises(KeyError):
            policy["none"] = 4
        with self.assertRaisesRegex(bitloom.InputError, r"must be in \[1, 16\], got 17/4"):
            policy["conv1"] = 17, 4
        self.assertEqual(policy["conv1"], (8, 8))

    def test_change_layers_that_share_weights_together(self):
        network = bitloom.Network("retinanet_r50")
        policy = bitloom.Policy.of(8, network)
        shared = [name for name in policy if name.startswith("head.regression_head.bbox_reg")]
        with self.assertRaisesRegex(bitloom.InputError, "share their weights"):
            policy[shared[0]] = 4
        self.assertEqual(policy[shared[0]], (8, 8))
        policy.update({name: 4 for name in shared})
        self.assertEqual(policy[shared[-1]], (4, 4))

    def test_come_back_from_files(self):
        policy = bitloom.Policy([[1 + i % 8, 8 - i % 8] for i in range(20)], self.network)
        with tempfile.TemporaryDirectory() as folder:
            mine, haq = pathlib.Path(folder, "mine.json"), pathlib.Path(folder, "haq.npy")
            policy.save(mine)
            np.save(haq, policy.to_numpy())
            for file in (mine, haq):
                self.assertEqual(bitloom.Policy.load(file, self.network).to_list(),
                                 policy.to_list())
            self.assertEqual([f.name for f in sorted(pathlib.Path(folder).iterdir())],
                             ["haq.npy", "mine.json"])

    def test_go_to_nncf_and_come_back(self):
        policy = bitloom.Policy([[1 + i % 8, 6] for i in range(len(RESNET18))], "resnet18")
        entries = policy.to_nncf(resnet18())
        self.assertIn([2, "ResNet/Sequential[layer1]/BasicBlock[0]/NNCFConv2d[conv1]/conv2d_0"
                       "|WEIGHT"], entries)
        self.assertIn("ResNet/Sequential[layer2]/BasicBlock[0]/Sequential[downsample]/NNCFConv2d[0]"
                      "/conv2d_0|WEIGHT", [scope for _, scope in entries])
        self.assertEqual(entries[-1][1], "ResNet/NNCFLinear[fc]/linear_0|WEIGHT")
        configuration = {"compression": {"initializer": {"precision": {
            "bitwidth_per_scope": [*entries, [8, "ResNet/ReLU[relu]/relu__0|OUTPUT"]]}}}}
        self.assertEqual(bitloom.Policy.from_nncf(configuration, "resnet18", 6), policy)
        for text, wrong in [("no weight bits of layers 'fc'", entries[:-1]),
                            ("are given twice", entries * 2),
                            ("no layers of resnet18: 'fd'",
                             [*entries[:-1], [4, "A/B[fd]/linear_0|WEIGHT"]]),
                            ("must be", [[8]]), ("must be", {})]:
            with self.assertRaisesRegex(bitloom.InputError, text):
                bitloom.Policy.from_nncf(wrong, "resnet18")
        with self.assertRaisesRegex(bitloom.InputError, "the model has no module 'conv1'"):
            policy.to_nncf(module("ResNet"))

    def test_go_to_other_programs_and_come_back(self):
        policy = bitloom.Policy([[1 + i % 8, 6] for i in range(len(RESNET18))], "resnet18")
        with tempfile.TemporaryDirectory() as folder:
            for format, name in [("hawq", "bit_config.py"), ("haq", "list.json")]:
                file = pathlib.Path(folder, name)
                policy.save(file, format)
                self.assertEqual(bitloom.Policy.load(file, "resnet18"), policy)
            nncf = pathlib.Path(folder, "nncf.json")
            nncf.write_text(json.dumps({"bitwidth_per_scope": policy.to_nncf(resnet18())}))
            again = pathlib.Path(folder, "again.json")
            bitloom.Policy.of(3, "resnet18").save(again, "nncf", like=nncf)
            loaded = bitloom.Policy.load(again, "resnet18", activations=5, format="nncf")
            self.assertEqual(set(loaded.values()), {(3, 5)})
            with self.assertRaisesRegex(bitloom.InputError, "like: is required for nncf"):
                policy.save(again, "nncf")
            with self.assertRaisesRegex(bitloom.InputError, "says no activation bits"):
                bitloom.Policy.load(nncf, "resnet18")
            with self.assertRaisesRegex(bitloom.InputError, "unknown format 'mine'"):
                policy.save(again, "mine")

    def test_names_may_be_others(self):
        entries = [[4, f"Net/NNCFConv2d[backbone]/A[{name}]|WEIGHT"] for name in RESNET18]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "bits.json")
            file.write_text(json.dumps(entries))
            loaded = bitloom.Policy.load(file, "resnet18", activations=8,
                                         rename={"backbone.*": "*"})
        self.assertEqual(set(loaded.values()), {(4, 8)})

    def test_may_be_arrays(self):
        bits = np.full((20, 2), 4)
        self.assertEqual(bitloom.simulate(self.network, "bismo-edge", bits).cycles,
                         bitloom.simulate(self.network, "bismo-edge", 4).cycles)


if __name__ == "__main__":
    unittest.main()
