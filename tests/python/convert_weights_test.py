#!/usr/bin/env python3
"""The line that bitloom prints for a file of PyTorch converts it, whatever it holds."""
import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import types
import unittest

try:
    import torch
except ImportError:
    print("skipped: python3-torch is not installed")
    sys.exit(77)

BITLOOM = os.environ["BITLOOM"]
WEIGHTS = (pathlib.Path(__file__).resolve().parents[2] /
           "models/trained/resnet20-shapes32.safetensors")


def save_file(tensors, path):
    """That of safetensors.torch, which not every machine has, with what it refuses."""
    header, data, places = {}, b"", set()
    for name, tensor in tensors.items():
        assert tensor.is_contiguous() and tensor.data_ptr() not in places, name
        places.add(tensor.data_ptr())
        part = tensor.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def load_file(path):
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + length])
    tensors = collections.OrderedDict()
    for name, about in header.items():
        if name != "__metadata__" and about["dtype"] == "F32":
            begin, end = about["data_offsets"]
            part = bytearray(raw[8 + length + begin:8 + length + end])
            tensors[name] = torch.frombuffer(part, dtype=torch.float32).reshape(about["shape"])
    return tensors


class Holder(torch.nn.Module):
    """Has the parameters of a network at their names."""

    def __init__(self, tensors):
        super().__init__()
        for name, tensor in tensors.items():
            *path, last = name.split(".")
            module = self
            for part in path:
                if part not in dict(module.named_children()):
                    module.add_module(part, torch.nn.Module())
                module = getattr(module, part)
            module.register_parameter(last, torch.nn.Parameter(tensor.clone()))


class ConvertedWeights(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.tensors = load_file(WEIGHTS)
        cls.top1 = cls.evaluate(WEIGHTS).stdout

    @staticmethod
    def evaluate(weights):
        return subprocess.run(
            [BITLOOM, "evaluate", "--network", "resnet20", "--weights", str(weights), "--data",
             "shapes32", "--images", "40", "--float", "--normalize", "unit"],
            capture_output=True, text=True)

    def converted(self, content, **how):
        """What bitloom makes of a file, after the line that it printed for it was run."""
        stub = types.ModuleType("safetensors")
        stub.torch = types.ModuleType("safetensors.torch")
        stub.torch.save_file = save_file
        sys.modules.update({"safetensors": stub, "safetensors.torch": stub.torch})
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'my "best" one.pth'
            torch.save(content, path, **how)
            refused = self.evaluate(path)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn("a PyTorch file, not a safetensors file", refused.stderr)
            line = refused.stderr[refused.stderr.index("import torch"):]
            before = os.getcwd()
            os.chdir(folder)
            try:
                exec(line, {})
            finally:
                os.chdir(before)
            result = self.evaluate(pathlib.Path(folder) / "weights.safetensors")
            self.assertEqual(result.returncode, 0, result.stderr)
            return result.stdout

    def assert_same(self, text):
        figures = [[line for line in out.splitlines() if line.startswith(("top-1", "loss"))]
                   for out in (text, self.top1)]
        self.assertEqual(*figures)
        self.assertEqual(len(figures[0]), 2)

    def test_weights_alone(self):
        self.assert_same(self.converted(self.tensors))

    def test_of_older_pytorch(self):
        self.assert_same(self.converted(self.tensors, _use_new_zipfile_serialization=False))

    def test_checkpoints(self):
        for key in ("state_dict", "model_state_dict", "model", "net"):
            with self.subTest(key):
                self.assert_same(self.converted(
                    {"epoch": 3, key: self.tensors, "optimizer": {"lr": 0.1}}))

    def test_modules(self):
        self.assert_same(self.converted(Holder(self.tensors)))
        self.assert_same(self.converted({"model": Holder(self.tensors), "epoch": 3}))


if __name__ == "__main__":
    unittest.main()
