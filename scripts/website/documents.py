"""The Markdown of the source as pages of the site: where each lies in the navigation."""
import re

from .place import SOURCE

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_UNSEEN = re.compile(r"(\.|build|packages$|node_modules$)")  # folders that hold no pages
_FRONT = "docs/site/index.md"
_DECISIONS = "# Decisions\n\nHalf a page for each choice worth remembering.\n\n"
_FOLDERS = ("# Folders of the source\n\nEach folder of the source has a README, which tells what "
            "it holds and where to start.\n\n")


def _markdown(folder=SOURCE):
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if not _UNSEEN.match(path.name) and path != SOURCE / "reports/out":
                yield from _markdown(path)
        elif path.suffix == ".md":
            yield path.relative_to(SOURCE).as_posix()


def _linked_from(page):
    """The files that a page of the source points at, in its order."""
    folder = (SOURCE / page).parent
    for target in _LINK.findall((SOURCE / page).read_text()):
        path = (folder / target).resolve()
        if "://" not in target and path.is_file() and SOURCE in path.parents:
            yield path.relative_to(SOURCE).as_posix()


def _toctree(caption, names):
    """Pages for the navigation, which shows them below `caption`; without one the page lists
    them."""
    head = [":hidden:", f":caption: {caption}"] if caption else [":maxdepth: 1"]
    lines = [f"{title} <{name}>" if title else name for name, title in names]
    return "\n".join(["```{toctree}", *head, "", *lines, "```", "", ""]) if names else ""


def _without_suffix(pages):
    return [(page[:-3], "") for page in pages]


def add_documents(pages, commands, python):
    """Every Markdown file of the source, what it points at, and the front page.

    commands, python: names of pages that others wrote.
    """
    every = [page for page in _markdown() if page != _FRONT]
    for page in every:
        pages.link(page)
        for target in _linked_from(page):
            pages.link(target)
    rest = dict.fromkeys(every)

    def taken(wanted):
        found = [page for page in dict.fromkeys(wanted) if page in rest]
        for page in found:
            del rest[page]
        return _without_suffix(found)

    listed = list(_linked_from("docs/README.md"))  # in reading order
    guide = [page for page in listed if page.startswith("docs/guide/")]
    parts = [
        ("Guide", taken(page for page in guide if "/add-" not in page)),
        ("Reference", taken([*[page for page in listed if page.startswith("docs/reference/")],
                             "docs/glossary.md"])),
        ("Commands and Python", [(name, "") for name in [*commands, *python]]),
        ("Reports", taken(page for page in _linked_from("README.md")
                          if page.startswith("reports/") and page.count("/") == 1)),
        ("Extending bitloom", taken(["ARCHITECTURE.md", "CONTRIBUTING.md", *guide])),
    ]
    decisions = taken(page for page in every if page.startswith("docs/decisions/"))
    pages.write("decisions.md", _DECISIONS + _toctree("", decisions))
    del rest["README.md"], rest["CHANGELOG.md"]
    others = taken(page for page in every if not page.endswith("/README.md"))
    folders = "".join(f"- [{page.removesuffix('/README.md')}]({page})\n" for page in rest)
    pages.write("folders.md", f"{_FOLDERS}{folders}\n{_toctree('', others)}")
    project = [("README", "README"), ("CHANGELOG", ""), ("decisions", ""), ("folders", "")]
    front = (SOURCE / _FRONT).read_text().replace("](../../", "](").replace("](../", "](docs/")
    pages.write("index.md", front + "\n" + "".join(
        _toctree(caption, names) for caption, names in [*parts, ("Project", project)]))
