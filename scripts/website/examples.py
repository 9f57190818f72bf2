"""Pages of examples/python: each program, what it prints and what it draws."""
import ast
import hashlib
import os
import subprocess

from .place import SOURCE, SiteError, heading, indented

_SKIPPED = 77  # how a program ends that lacks something
_DRAWS = "[FILE.svg]"  # in the docstring of a program that draws, with Matplotlib


class Example:
    """A program, run with the module in the folder `module`. What it prints and draws is kept in
    `folder` until it or the module changes."""

    def __init__(self, path, module, python, folder):
        self.path = path
        self.about = ast.get_docstring(ast.parse(path.read_text()))
        self._module, self._python, self._folder = module, python, folder
        self._can_draw = (_DRAWS in self.about
                          and self._run("-c", "import matplotlib").returncode == 0)
        digest = self._digest()
        kept = folder / "digest"
        if not kept.is_file() or kept.read_text() != digest:
            kept.unlink(missing_ok=True)
            self._make()
        self.output = (folder / "output").read_text()
        if not self._is_skipped():  # the next time it may find what it lacks
            kept.write_text(digest)

    @property
    def lacks(self):
        """What could not run here, as a sentence; empty where all did."""
        if self._is_skipped():
            return f"{self.path.name} was not run: PyTorch is not installed"
        if _DRAWS in self.about and not self._can_draw:
            return f"{self.path.name} drew nothing: Matplotlib is not installed"
        return ""

    @property
    def picture(self):
        """Text of the SVG, or None."""
        return (self._folder / "picture.svg").read_text() if self._can_draw else None

    def _is_skipped(self):
        return self.output.startswith("skipped:")

    def _digest(self):
        digest = hashlib.sha256(self.path.read_bytes() + bytes([self._can_draw]))
        for path in sorted((self._module / "bitloom").iterdir()):
            if path.suffix in (".py", ".so"):
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def _run(self, *words):
        return subprocess.run([self._python, *words], capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONPATH": str(self._module),
                                   "PYTHONDONTWRITEBYTECODE": "1"})

    def _make(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        done = self._run(self.path, *([self._folder / "picture.svg"] if self._can_draw else []))
        if done.returncode not in (0, _SKIPPED):
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SiteError(f"{self.path.relative_to(SOURCE)}: does not run: {last}")
        (self._folder / "output").write_text(done.stdout)


def _page(example):
    title = example.about.partition("\n")[0].rstrip(".:").split(": ")[0]
    text = heading(title) + f".. literalinclude:: {example.path.name}\n    :language: python\n\n"
    text += f":download:`{example.path.name}` prints:\n\n"
    text += f".. code-block:: none\n\n{indented(example.output)}\n"
    if example.picture:
        text += f"It draws:\n\n.. image:: {example.path.stem}.svg\n    :alt: {title}\n\n"
    return text + (f"Here {example.lacks}.\n" if example.lacks else "")


def add_examples(pages, module, python, work):
    """Writes the pages; their names, and what could not run here."""
    names, lacking = [], []
    for path in sorted((SOURCE / "examples/python").glob("*.py")):
        example = Example(path, module, python, work / "examples" / path.stem)
        name = path.relative_to(SOURCE).as_posix()
        pages.link(name)
        pages.write(f"{name[:-3]}.rst", _page(example))
        if example.picture:
            pages.write(f"{name[:-3]}.svg", example.picture)
        if example.lacks:
            lacking.append(example.lacks)
        names.append(name[:-3])
    return ["examples/python/README", *names], lacking
