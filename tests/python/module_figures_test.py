#!/usr/bin/env python3
"""Every figure of the module is the program's, bit for bit."""
import json
import pathlib
import pickle
import tempfile
import unittest

import numpy as np

import bitloom
from support import command, drawn_bits, json_of

NETWORKS = ["resnet18", "resnet20", "resnet50", "mobilenet_v1", "mobilenet_v2", "alexnet",
            "squeezenet_v1.1", "densenet121", "inception_v3", "vgg_small", "squeezenext_1.0",
            "retinanet_r50"]  # the last one's layers share weights
MACHINES = ["bismo-edge", "bismo-cloud-real", "bismo-ultra96", "bitfusion-16x32", "bitfusion-haq",
            "bitfusion-edge-real"]


class Simulations(unittest.TestCase):

    def test_are_the_programs_of_networks_machines_and_bits(self):
        networks = [bitloom.Network(name) for name in NETWORKS]
        machines = [bitloom.Hardware(name) for name in MACHINES]
        with tempfile.TemporaryDirectory() as folder:
            for seed, network in enumerate(networks):
                policy = pathlib.Path(folder, "policy.json")
                for machine in machines:
                    bits = drawn_bits(len(network), seed)
                    with self.subTest(network=network.name, machine=machine.name):
                        self.same(network, machine, bits, policy)

    def same(self, network, machine, bits, file):
        try:
            policy = bitloom.Policy(bits, network)
        except bitloom.InputError:  # layers that share their weights
            policy = bitloom.Policy.of(bits[0], network)
        policy.save(file)
        asked = ["simulate", "--network", network.name, "--hardware", machine.name]
        theirs = json_of(*asked, "--policy", file)
        ours = bitloom.simulate(network, machine, policy)
        self.assertEqual(ours.to_dict(), theirs)
        self.assertEqual(bitloom.simulate(network, machine, file).to_dict(), theirs)
        total = theirs["total"]
        self.assertEqual((ours.cycles, ours.latency_ms, ours.energy_mj, ours.dram_bytes),
                         (total["cycles"], total["latency_ms"], total["energy_mj"],
                          total["dram_bytes"]))

    def test_print_what_the_program_prints(self):
        asked = ["simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--bits", "4/6"]
        self.assertEqual(str(bitloom.simulate("resnet20", "bismo-edge", "4/6")), command(*asked))
        self.assertEqual(str(bitloom.explain("resnet20", "bismo-edge", (4, 6))),
                         command(*asked, "--explain"))

    def test_take_every_option_of_the_program(self):
        asked = ["simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--bits", "3/3",
                 "--edge-layers", "8/8", "--batch", "4", "--layers", "layer1.*,0",
                 "--set", "array.dm=16", "--explain"]
        machine = bitloom.Hardware("bismo-edge", settings={"array.dm": 16})
        ours = bitloom.explain("resnet20", machine, 3, edge_layers=8, batch=4,
                               layers=["layer1.*", 0])
        self.assertEqual(ours.to_dict(), json_of(*asked))

    def test_run_event_by_event(self):
        asked = ["simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--bits", "2/2",
                 "--engine", "cycle", "--stalls", "7"]
        ours = bitloom.simulate("resnet20", "bismo-edge", 2, engine="cycle", stalls=7, jobs=1)
        self.assertEqual(ours.to_dict(), json_of(*asked))
        self.assertEqual(bitloom.simulate("resnet20", "bismo-edge", 2, engine="cycle", stalls=7,
                                          jobs=2).to_dict(), ours.to_dict())

    def test_have_a_row_a_layer(self):
        ours = bitloom.simulate("resnet20", "bismo-edge", 4)
        table = ours.to_numpy()
        self.assertEqual(table["cycles"].dtype, np.int64)
        self.assertEqual(table["cycles"].sum(), ours.cycles)
        self.assertEqual(table["name"][0], "conv1")
        self.assertEqual(ours.records()[0]["energy_pj.compute"],
                         ours.to_dict()["layers"][0]["energy_pj"]["compute"])
        self.assertEqual(ours._repr_html_().count("<tr>"), 1 + len(table))


class Files(unittest.TestCase):

    def test_of_onnx_are_networks(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "small.onnx")
            command("export", "--network", "resnet20", "-o", file)
            ours = bitloom.simulate(file, "bismo-edge", "4/4")
            self.assertEqual(ours.to_dict(), json_of("simulate", "--network", file, "--hardware",
                                                     "bismo-edge", "--bits", "4/4"))

    def test_go_to_other_processes(self):
        network = bitloom.Network("resnet20", image_size=64)
        machine = bitloom.Hardware("bismo-edge", batch=4, settings={"array.dm": 16})
        policy = bitloom.Policy.of("3/5", network)
        there = pickle.loads(pickle.dumps((network, machine, policy)))
        self.assertEqual(bitloom.simulate(*there).to_dict(),
                         bitloom.simulate(network, machine, policy).to_dict())
        self.assertEqual(machine.with_settings({"array.dm": 8, "array.dn": 4}).name,
                         "bismo-edge array.dm=8 array.dn=4")
        self.assertEqual(machine.with_settings({}).batch, 4)


SPACE = """
hardware: bismo-edge
knobs:
  array.dm: [4, 8, 16]
  array.dn: [4, 8]
networks: [resnet20]
bits: 4/4
objectives: [latency, energy]
"""


class Explorations(unittest.TestCase):

    def test_are_the_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            space = pathlib.Path(folder, "space.yaml")
            space.write_text("# A few arrays.\n" + SPACE)
            ours = bitloom.explore(space, pathlib.Path(folder, "ours.db"))
            shown = json_of("explore", "--show", pathlib.Path(folder, "ours.db"))
            self.assertEqual(ours.to_dict(), shown)
            theirs = json_of("explore", "--space", space, "-o", pathlib.Path(folder, "theirs.db"))
            self.assertEqual(ours.to_dict()["front"], theirs["front"])
            self.assertEqual(str(ours), command("explore", "--show",
                                                pathlib.Path(folder, "ours.db")))
            self.machines(ours)

    def machines(self, explored):
        best = explored.records()[0]
        machine = explored.machine(best["point"])
        self.assertEqual(machine.to_dict()["array"]["dm"], best["settings.array.dm"])
        self.assertEqual(bitloom.simulate("resnet20", machine, 4).latency_ms, best["latency_ms"])
        few = explored.where(f"latency_ms > {best['latency_ms']}")
        self.assertLess(few.to_dict()["matching"], explored.to_dict()["points"])
        with self.assertRaisesRegex(bitloom.InputError, "latency_mss"):
            explored.where("latency_mss > 1")


class Tables(unittest.TestCase):

    def test_are_the_arrays_that_lut_writes(self):
        for metric in bitloom.metric_names():
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder, "table.npy")
                command("lut", "--network", "resnet20", "--hardware", "bitfusion-haq", "-o", file,
                        "--metric", metric, "--max-bits", "6")
                ours = bitloom.cost_table("resnet20", "bitfusion-haq", metric, max_bits=6)
                theirs = np.load(file)
                self.assertEqual(ours.to_numpy().dtype, theirs.dtype)
                self.assertEqual(ours.to_numpy().tobytes(), theirs.tobytes())
                self.assertEqual(ours.to_dict(), json.loads(file.with_suffix(".json").read_text()))
                self.assertEqual(ours["conv1", 4, 6], theirs[0, 3, 5])

    def test_are_of_layers_at_their_bits(self):
        table = bitloom.cost_table("resnet20", "bismo-edge")
        priced = bitloom.simulate("resnet20", "bismo-edge", (3, 5)).to_numpy()["cycles"]
        self.assertEqual([table[name, 3, 5] for name in table.names], priced.tolist())
        self.assertEqual(table.of("energy_pj").unit, "pJ")
        with self.assertRaisesRegex(bitloom.InputError, "bits 9: the table has 1 to 8"):
            table["conv1", 9, 1]


class Comparisons(unittest.TestCase):

    def test_are_the_programs(self):
        asked = ["compare", "--network", "resnet20", "--hardware", "bismo-edge,bitfusion-haq",
                 "--policies", "4/4", "8/8", "--random", "5", "--seed", "3", "--edge-layers", "8/8"]
        with self.assertWarnsRegex(UserWarning, "energies of different technologies"):
            ours = bitloom.compare("resnet20", ["bismo-edge", "bitfusion-haq"], ["4/4", 8],
                                   random=5, seed=3, edge_layers="8/8")
        self.assertEqual(ours.to_dict(), json_of(*asked))
        self.assertEqual(str(ours), command(*asked))
        self.assertEqual(ours.to_numpy()["latency_ms"].shape, (2 * 7,))

    def test_take_machines_with_settings_and_policies_with_names(self):
        machines = [bitloom.Hardware("bismo-edge", settings={"array.dm": dm}) for dm in (4, 8)]
        network = bitloom.Network("resnet20")
        policy = bitloom.Policy.of(4, network, edge_layers=8)
        told = bitloom.compare(network, machines, {"mine": policy}).to_dict()
        self.assertEqual(told["policies"][0]["name"], "mine")
        self.assertEqual([m["name"] for m in told["hardware"]],
                         ["bismo-edge array.dm=4", "bismo-edge array.dm=8"])


class Descriptions(unittest.TestCase):

    def test_are_the_programs(self):
        self.assertEqual(bitloom.Network("resnet20").to_dict(),
                         json_of("describe", "network", "resnet20"))
        self.assertEqual(bitloom.Hardware("bismo-edge").to_dict(),
                         json_of("describe", "hardware", "bismo-edge"))
        self.assertEqual(str(bitloom.Network("resnet20")), command("describe", "network",
                                                                   "resnet20"))

    def test_of_dicts_are_machines_as_files_are(self):
        told = bitloom.Hardware("bismo-edge").to_dict()
        told["clock_mhz"] = 250
        machine = bitloom.Hardware(told, name="mine")
        self.assertEqual((machine.name, machine.clock_mhz), ("mine", 250))
        told["clock_mhz"] = 200
        again = bitloom.Hardware(told, name="bismo-edge")
        self.assertEqual(bitloom.simulate("resnet20", again, 4).to_dict(),
                         bitloom.simulate("resnet20", "bismo-edge", 4).to_dict())

    def test_of_lists_are_networks_as_tables_are(self):
        layers = [{"layer": "a", "kind": "conv", "K": (3, 3), "I": 32, "P": 1, "S": 1, "IC": 3,
                   "OC": 16}, {"layer": "b", "kind": "fc", "K": 1, "I": 1, "S": 1, "IC": 64,
                               "OC": 10}]
        table = "layer,kind,K,I,P,S,IC,OC\na,conv,3x3,32,1,1,3,16\nb,fc,1,1,,1,64,10\n"
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "mine.csv")
            file.write_text(table)
            theirs = json_of("simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--bits",
                             "4/4")
            for source in (layers, file):
                ours = bitloom.simulate(source, "bismo-edge", 4).to_dict()
                self.assertEqual([layer["cycles"] for layer in ours["layers"]],
                                 [layer["cycles"] for layer in theirs["layers"]])
                self.assertEqual(ours["total"]["energy_mj"], theirs["total"]["energy_mj"])


if __name__ == "__main__":
    unittest.main()
