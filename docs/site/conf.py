"""Sphinx's configuration. scripts/site calls Sphinx with the pages that it put together."""
import pathlib
import re
import sys

from pygments.lexers import CppLexer, TextLexer
from sphinx.addnodes import pending_xref

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts/website"))

project = "bitloom"
author = "The bitloom authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "docstrings"]
exclude_patterns = []
highlight_language = "none"  # what has no language is the program's output
default_role = "py:obj"  # `name` in docstrings: a link where there is such a name

myst_heading_anchors = 4  # links to headings, as GitHub makes them

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = "bitloom"
html_static_path = [str(HERE / "site.css")]
html_css_files = ["site.css"]
smartquotes = False  # -- begins an option
html_copy_source = False
html_show_copyright = False
html_theme_options = {"top_of_page_button": None}


def name_pages_by_titles(app, document):
    """[quantizers.md](quantizers.md) shows the page's title."""
    for link in document.findall(pending_xref):
        if link["reftype"] == "myst" and link.astext().endswith(".md"):
            link["refexplicit"] = False  # then MyST takes the title


def bring_styles_along(app, failure):
    """Debian's furo takes a style sheet from the machine that serves the pages."""
    if failure is None:
        path = pathlib.Path(app.outdir) / "_static/styles/furo.css"
        path.write_text(re.sub(
            r"@import url\((/javascript/[\w./-]+)\);",
            lambda sheet: pathlib.Path("/usr/share" + sheet[1]).read_text(), path.read_text()))


def keep_folders_out_of_the_navigation(app, env):
    """A page lists the folders' READMEs; in the navigation of every page they would be half of it,
    and of the time that building takes."""
    for name in env.found_docs:
        if name.endswith("/README"):
            env.metadata[name]["orphan"] = True


def setup(app):
    app.connect("doctree-read", name_pages_by_titles)
    app.connect("env-updated", keep_folders_out_of_the_navigation)
    app.connect("build-finished", bring_styles_along)
    # Languages of the pages that Pygments does not know.
    app.add_lexer("csv", TextLexer)
    app.add_lexer("systemc", CppLexer)
