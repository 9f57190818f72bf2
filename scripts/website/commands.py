"""A page for each command, from the help that the program prints."""
import json
import re
import subprocess

from .place import heading, indented

_COLUMN = 30  # where descriptions begin
_OF_HEADING = re.compile(r"(REQUIRED|Excludes:|Needs:|\.\.\.$|-)")
_SECTION = re.compile(r"(Options|Positionals|Subcommands|Example):$")


class Help:
    """The help of a command: description, usage, example, and [(heading, text)] by section."""

    def __init__(self, text):
        head, _, body = text.partition("Usage: ")
        self.description = " ".join(head.split())
        self.usage, _, body = body.partition("\n")
        self.sections, lines = {}, []
        for line in body.splitlines():
            if _SECTION.match(line):
                lines = self.sections.setdefault(line[:-1], [])
            elif line.startswith(" "):
                lines.append(line)
        example = self.sections.pop("Example", [])
        self.example = "".join(line[2:] + "\n" for line in example)
        self.sections = {name: _entries(lines) for name, lines in self.sections.items()}


def _entries(lines):
    """Headings in column 2, and their texts from column 30 on, beside or below."""
    entries = []
    for line in lines:
        if not line.startswith("   "):
            beside = line[_COLUMN - 2:_COLUMN] == "  " or (
                line[_COLUMN - 1:_COLUMN] == " " and not _OF_HEADING.match(line[_COLUMN:]))
            end = _COLUMN if beside else len(line)
            entries.append((line[2:end].strip(), line[end:].strip()))
        elif entries:
            name, text = entries.pop()
            entries.append((name, f"{text} {line.strip()}".strip()))
    return entries


def _marked(text):
    """A text of the help as reStructuredText: `code`, pages as links, everything else as it is."""
    parts = text.split("`")
    for i, part in enumerate(parts):
        plain = re.sub(r"([\\*|_<>])", r"\\\1", part)
        plain = re.sub(r"docs/([\w/-]+)\.md", r":doc:`/docs/\1`", plain)
        parts[i] = f"``{part}``" if i % 2 and part else plain
    return "".join(parts)


def _option(name, meaning):
    """An option with what it needs: `--bits W/A REQUIRED`, `--bits W/A Excludes: --policy`."""
    head, *conditions = re.split(r" (?=REQUIRED|Excludes:|Needs:)", name)
    told = {"REQUIRED": "Required", "Excludes:": "Not with", "Needs:": "Needs"}
    for condition in conditions:
        word, *others = condition.split()
        listed = ", ".join(f"``{other}``" for other in others if other.startswith("-"))
        meaning += f". {told[word]} {listed}".rstrip() + "."
    return f".. option:: {head.replace(',-', ', -')}\n\n{indented(meaning)}\n"


def _sentence(text):
    return _marked(text[:1].upper() + text[1:]) + "."


class Program:
    """The program, and what it printed before: kept in a file until it changes, or a program beside
    it, which it starts."""

    def __init__(self, path, kept):
        self._path, self._kept, self._printed = path, kept, {}
        beside = [each.stat() for each in sorted(path.parent.glob("bitloom*")) if each.is_file()]
        self._state = [[each.st_size, each.st_mtime_ns] for each in beside]
        if kept.is_file():
            known = json.loads(kept.read_text())
            if known["state"] == self._state:
                self._printed = known["printed"]

    def prints(self, *words):
        """What it prints, or None where it does not succeed: the command is not built."""
        asked = " ".join(words)
        if asked not in self._printed:
            done = subprocess.run([self._path, *words], capture_output=True, text=True, check=False)
            self._printed[asked] = done.stdout if done.returncode == 0 else None
        return self._printed[asked]

    def help(self, *words):
        text = self.prints(*words, "--help")
        return None if text is None else Help(text)

    def keep(self):
        self._kept.write_text(json.dumps({"state": self._state, "printed": self._printed}))


def _part(title, told, program, words, line):
    """A command, and the commands below it."""
    text = heading(title, line) + _sentence(told.description) + "\n\n"
    text += f".. code-block:: none\n\n{indented(told.usage)}\n.. program:: {title}\n\n"
    for section in ("Positionals", "Options"):
        for name, meaning in told.sections.get(section, []):
            if name not in ("-h,--help", "--help-all"):
                text += _option(name, _marked(meaning))
    if told.example:
        text += f".. rubric:: Example\n\n.. code-block:: console\n\n{indented(told.example)}\n"
    for name, _ in told.sections.get("Subcommands", []):
        below = program.help(*words, name)
        text += _part(f"{title} {name}", below, program, [*words, name], "-")
    return text


def _conventions(program):
    """What the manual page tells after the options: the environment and the exit status."""
    page = program.prints("man")
    text = ""
    for part in page[page.index(".SH ENVIRONMENT"):].split(".SH ")[1:]:
        title, *lines = part.splitlines()
        text += heading(title.capitalize(), "-")
        for line in lines:
            if line.startswith(".B "):
                text += f"``{line[3:]}``\n"
            elif line != ".TP":
                text += indented(_marked(line)) + "\n"
    return text


def add_commands(pages, path, work):
    """Writes the pages; their names, and the commands that are not built."""
    program = Program(path, work / "help.json")
    whole, names, absent = program.help(), [], []
    index = heading("Commands") + _sentence(whole.description.partition(": ")[2]) + "\n\n"
    index += ".. list-table::\n    :widths: auto\n\n"
    for name, meaning in whole.sections["Subcommands"]:
        told = program.help(name)
        if told is None:
            absent.append(name)
            index += f"    * - ``{name}``\n      - {_marked(meaning)} (not built here)\n"
            continue
        text = _part(f"bitloom {name}", told, program, [name], "=")
        measured = program.help(name, "--method", "haq") if name == "search" else None
        if measured and measured.description != told.description:
            text += _part("bitloom search by measured accuracy", measured, program, [], "-")
        pages.write(f"commands/{name}.rst", text)
        names.append(name)
        index += f"    * - :doc:`/commands/{name}`\n      - {_marked(meaning)}\n"
    index += "\n.. toctree::\n    :hidden:\n\n"
    index += "".join(f"    {name}\n" for name in names) + "\n"
    pages.write("commands/index.rst", index + _conventions(program))
    program.keep()
    return ["commands/index"], absent
