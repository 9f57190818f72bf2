#!/usr/bin/env python3
"""The stub of the extension states what is there; what users see is documented."""
import ast
import inspect
import pathlib
import re
import unittest

import bitloom
from bitloom import _bitloom
from support import SOURCE

STUB = ast.parse((SOURCE / "python/bitloom/_bitloom.pyi").read_text())


def parameters_of(function):
    """Names of a bound function's parameters, as its docstring begins."""
    head = function.__doc__.split(" -> ")[0]
    inside = re.sub(r"\[[^\[\]]*(\[[^\[\]]*\][^\[\]]*)*\]", "", head[head.index("(") + 1:-1])
    return [part.split(":")[0].strip() for part in inside.split(",") if ":" in part]


def stated(function):
    return [argument.arg for argument in function.args.args]


class Stub(unittest.TestCase):

    def setUp(self):
        self.functions = {n.name: n for n in STUB.body if isinstance(n, ast.FunctionDef)}
        self.classes = {n.name: n for n in STUB.body if isinstance(n, ast.ClassDef)}

    def test_names_what_the_extension_has(self):
        there = {name for name in dir(_bitloom) if not name.startswith("_")}
        self.assertEqual(there, set(self.functions) | set(self.classes))

    def test_states_the_parameters_of_functions(self):
        for name, function in self.functions.items():
            self.assertEqual(stated(function), parameters_of(getattr(_bitloom, name)), name)

    def test_states_the_members_of_classes(self):
        for name, node in self.classes.items():
            bound = getattr(_bitloom, name)
            members = {m.name: m for m in node.body if isinstance(m, ast.FunctionDef)}
            self.assertEqual({m for m in members if m != "__init__"},
                             {m for m in vars(bound) if not m.startswith("_")}, name)
            for member, function in members.items():
                if isinstance(vars(bound)[member], property):
                    self.assertEqual(ast.unparse(function.decorator_list[0]), "property")
                else:
                    self.assertEqual(stated(function)[1:],
                                     parameters_of(vars(bound)[member])[1:], f"{name}.{member}")


class Package(unittest.TestCase):

    def test_documents_what_it_exports(self):
        for name in bitloom.__all__:
            member = getattr(bitloom, name)
            if name not in ("__version__",):
                self.assertTrue(inspect.getdoc(member), name)

    def test_tells_the_types_of_what_it_exports(self):
        self.assertTrue(pathlib.Path(bitloom.__file__).with_name("py.typed").exists())
        for name in bitloom.__all__:
            member = getattr(bitloom, name)
            if inspect.isfunction(member):
                signature = inspect.signature(member)
                told = [p.annotation for p in signature.parameters.values()]
                self.assertNotIn(inspect.Parameter.empty, [*told, signature.return_annotation])


if __name__ == "__main__":
    unittest.main()
