"""Where the site's pages are put together, and what a complaint is."""
import os
import pathlib

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class SiteError(Exception):
    """One line that tells what is wrong, and what helps."""


class Pages:
    """The folder that Sphinx reads. A file whose content is the same is left as it is, so that
    Sphinx reads again only what changed; `finish` takes away what nobody put there."""

    def __init__(self, folder):
        self.folder = folder
        self._kept = set()

    def write(self, name, text):
        path = self._place(name)
        if path.is_symlink():
            path.unlink()
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)

    def link(self, name):
        """A file of the source, under the same name."""
        path, target = self._place(name), SOURCE / name
        if path.is_symlink() and os.readlink(path) == str(target):
            return
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def finish(self):
        """Whether pages went away."""
        stale = [path for path in self.folder.rglob("*")
                 if not path.is_dir() and path not in self._kept]
        for path in stale:
            path.unlink()
        return bool(stale)

    def _place(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._kept.add(path)
        return path


def heading(text, line="="):
    return f"{text}\n{line * len(text)}\n\n"


def indented(text, by=4):
    return "".join(" " * by + line if line.strip() else "\n"
                   for line in text.rstrip("\n").splitlines(keepends=True)) + "\n"
