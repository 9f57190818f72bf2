"""Tables in a page between `<!-- name -->` and `<!-- end -->`: written anew, or compared."""

import argparse
import difflib
import pathlib
import sys


def split(page, name):
    """The page up to a table, the table, and the rest."""
    head, rest = page.split(f"<!-- {name} -->\n")
    end = rest.index("<!-- end -->")
    return head + f"<!-- {name} -->\n", rest[:end], rest[end:]


def main(path: pathlib.Path, description, tables):
    """`tables` makes each table of the page at `path` by its name."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail where the page says something else"
    )
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help="only these: " + ", ".join(tables)
    )
    options = parser.parse_args()
    unknown = [name for name in options.tables if name not in tables]
    if unknown:
        parser.error(f"no table '{unknown[0]}'; there are {', '.join(tables)}")
    page, differences = path.read_text(), []
    for name in options.tables or tables:
        head, shown, rest = split(page, name)
        table = tables[name]()
        differences += difflib.unified_diff(
            shown.splitlines(), table.splitlines(), str(path), name, n=0, lineterm=""
        )
        page = head + table + rest
    if not options.check:
        path.write_text(page)
    elif differences:
        sys.exit("\n".join(differences) + f"\n{path}: run {sys.argv[0]}")
