"""Docstrings as they are in python/bitloom, for autodoc: what each argument is, on a line
`name: text`, becomes a field with its type; names of classes and of pages become links."""
import ast
import inspect
import re
import textwrap

from docutils import nodes

_FIELD = re.compile(r"([a-z_]\w*): (.*)")
_PAGE = re.compile(r"docs/[\w/-]+\.md")


def _definition(what, obj):
    """The function whose arguments the docstring tells: a class's is its constructor."""
    function = obj.__init__ if what in ("class", "exception") else obj
    try:
        first = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError):  # of the extension, or of object
        return None
    return first if isinstance(first, ast.FunctionDef) else None


def _arguments(definition):
    return [*definition.args.args, *definition.args.kwonlyargs] if definition else []


def _is_made_by_calls(what, obj):
    """Whether a class tells what it has, and nothing of its constructor's first argument."""
    if what != "class":
        return False
    own = [each.arg for each in _arguments(_definition(what, obj))[1:2]]
    return not re.search(rf"^ *{own[0]}: ", obj.__doc__ or "", re.MULTILINE) if own else False


def _linked(text, names):
    """Text with links to public names and pages; `code` stays as it is, and *, | and _ are
    themselves."""
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        plain = re.sub(r"([\\*|])", r"\\\1", re.sub(r"_\b", r"\\_", parts[i]))
        plain = _PAGE.sub(lambda page: f":doc:`/{page[0][:-3]}`", plain)
        parts[i] = re.sub(rf"(?<=[^.:] )({names})(?!\w)",
                          r":py:obj:`\1 <bitloom.\1>`", plain)
    return "`".join(parts)


def _typed(annotation, names):
    text = ast.unparse(annotation).replace("'", "").replace("\"", "")
    return re.sub(rf"(?<!\w)({names})(?!\w)", r"\\ :py:obj:`\1 <bitloom.\1>`\\ ", text)


def _is_code(lines, i):
    """Whether an indented block that no list or field begins starts at line i."""
    return lines[i].startswith("    ") and i > 0 and not lines[i - 1].strip()


def process_docstring(app, what, name, obj, options, lines):
    names = "|".join(app.config.bitloom_names)
    types = {} if _is_made_by_calls(what, obj) else {
        each.arg: each.annotation for each in _arguments(_definition(what, obj))}
    kind = "ivar" if what == "class" else "param"
    told, in_fields = [], False
    for i, line in enumerate(lines):
        field = _FIELD.fullmatch(line)
        if field and (field[1] in types or what == "class"):
            if not in_fields:
                told.append("")
            in_fields = True
            if types.get(field[1]) is not None:
                told.append(f":type {field[1]}: {_typed(types[field[1]], names)}")
            told.append(f":{'param' if field[1] in types else kind} {field[1]}: "
                        + _linked(field[2], names))
        elif _is_code(lines, i):
            told += ["::", "", line]
        elif line.startswith("    "):
            told.append(_linked(line, names) if in_fields else line)
        else:
            if in_fields:
                told.append("")
            in_fields = False
            told.append(_linked(line, names))
    lines[:] = [*told, ""]


def process_signature(app, what, name, obj, options, signature, returned):
    """Names and defaults; types are with the arguments below. A class that only calls make has no
    signature."""
    definition = _definition(what, obj)
    if definition is None or what == "property":
        return None
    if _is_made_by_calls(what, obj):
        return "", None
    for each in _arguments(definition):
        each.annotation = None
    args = definition.args
    if what in ("class", "exception", "method") and args.args:
        del args.args[0]
    gives = definition.returns if what not in ("class", "exception") else None
    return f"({ast.unparse(args)})", gives and ast.unparse(gives).replace("'", "")


def draw_dashes(app, document):
    """Between an argument and its text."""
    for text in list(document.findall(nodes.Text)):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" – "))


def setup(app):
    app.add_config_value("bitloom_names", [], "env")
    app.connect("autodoc-process-docstring", process_docstring)
    app.connect("autodoc-process-signature", process_signature)
    app.connect("doctree-read", draw_dashes)
    return {"parallel_read_safe": True}
