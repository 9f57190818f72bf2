"""Pages of examples/python: each program and what it prints."""
import ast
import hashlib
import os
import subprocess

from .place import SOURCE, SiteError, heading, indented

_SKIPPED = 77  # how a program ends that lacks something


def _digest(program, module):
    """What the output depends on: the program and the module."""
    digest = hashlib.sha256(program.read_bytes())
    for path in sorted((module / "bitloom").iterdir()):
        if path.suffix in (".py", ".so"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _output(program, module, python, kept):
    """What the program prints, from `kept` where nothing changed since."""
    digest = _digest(program, module)
    if kept.is_file():
        told, _, output = kept.read_text().partition("\n")
        if told == digest:
            return output
    done = subprocess.run([python, program], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(module),
                               "PYTHONDONTWRITEBYTECODE": "1"})
    if done.returncode not in (0, _SKIPPED):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SiteError(f"{program.relative_to(SOURCE)}: does not run: {last}")
    if done.returncode == 0:  # one that lacks something may find it the next time
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"{digest}\n{done.stdout}")
    return done.stdout


def add_examples(pages, module, python, work):
    """Writes the pages; their names, and the programs that could not run here."""
    names, skipped = [], []
    for program in sorted((SOURCE / "examples/python").glob("*.py")):
        name = program.relative_to(SOURCE).as_posix()
        output = _output(program, module, python, work / "outputs" / program.stem)
        if output.startswith("skipped:"):
            skipped.append(program.name)
        title = ast.get_docstring(ast.parse(program.read_text())).partition("\n")[0].rstrip(".:")
        pages.link(name)
        pages.write(name[:-3] + ".rst", heading(title.split(": ")[0]) + (
            f".. literalinclude:: {program.name}\n    :language: python\n\n"
            f":download:`{program.name}` prints:\n\n.. code-block:: none\n\n{indented(output)}\n"))
        names.append(name[:-3])
    return ["examples/python/README", *names], skipped
