"""Pages of the Python module: one for each of its files, of what that file has for users."""
import ast

from .place import SOURCE, heading

_PACKAGE = SOURCE / "python/bitloom"


def _parsed(name):
    return ast.parse((_PACKAGE / f"{name}.py").read_text())


def _imports(name):
    """File -> names, of a file's imports from the package's other files."""
    return {node.module: [each.name for each in node.names] for node in _parsed(name).body
            if isinstance(node, ast.ImportFrom) and node.level == 1
            and node.module and not node.module.startswith("_")}


def _public():
    """File -> the names of users' that it has: what calls take comes before the calls, and errors
    come last."""
    every, order = _imports("__init__"), []

    def add(module):
        if module not in order:
            for other in _imports(module):
                add(other)
            order.append(module)

    for module in every:
        add(module)
    order.append(order.pop(order.index("errors")))
    return {module: every[module] for module in order if module in every}


def _aliases(tree):
    """Names of types that signatures use, such as NetworkLike, and what they stand for."""
    for node in tree.body:
        if (isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
                and isinstance(node.targets[0], ast.Name) and node.targets[0].id[0].isupper()):
            yield node.targets[0].id, ast.unparse(node.value).replace("'", "").replace("\"", "")


def _entry(name, definition):
    if isinstance(definition, ast.FunctionDef):
        return f".. autofunction:: bitloom.{name}\n\n"
    bases = [ast.unparse(base) for base in definition.bases]
    if any("Error" in base or base == "Exception" for base in bases):
        return f".. autoexception:: bitloom.{name}\n    :show-inheritance:\n\n"
    if "NamedTuple" in bases:
        return f".. autoclass:: bitloom.{name}\n\n"
    options = "    :members:\n    :undoc-members:\n"
    if "Result" in bases:
        options += "    :inherited-members:\n"
    return f".. autoclass:: bitloom.{name}\n{options}\n"


def add_api(pages):
    """Writes the pages; their names, and the names that docstrings link to."""
    written, names, types = [], [], {}
    for module, exported in _public().items():
        names += exported
        tree = _parsed(module)
        title = ast.get_docstring(tree).partition("\n")[0].rstrip(".").split(". ")[0]
        types.update(_aliases(tree))
        found = {node.name: node for node in tree.body
                 if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        exported = sorted(exported, key=lambda name: isinstance(found[name], ast.ClassDef))
        text = heading(title) + ".. currentmodule:: bitloom\n\n"
        pages.write(f"api/{module}.rst",
                    text + "".join(_entry(name, found[name]) for name in exported))
        written.append(f"api/{module}")
    types.update(_aliases(_parsed("results")))
    pages.write("api/index.rst", _index(written, types))
    return ["api/index"], names + list(types)


def _index(written, types):
    text = heading("The Python module") + (
        ":doc:`/docs/guide/python` explains the module; these pages are its reference.\n\n"
        ".. module:: bitloom\n\n.. toctree::\n    :maxdepth: 2\n\n")
    text += "".join(f"    /{name}\n" for name in written) + "\n"
    text += heading("Types of arguments", "-")
    return text + "".join(f".. py:data:: {name}\n\n    ``{meaning}``\n\n"
                          for name, meaning in types.items())
