"""The links of a site that was built: each leads to a file and a place in it, and no page asks
another computer for anything."""
import html
import re
import urllib.parse

_LINK = re.compile(r"""<(a|img|script|link)\b[^>]*?\s(?:href|src)="([^"]*)\"""")
_PLACE = re.compile(r"""\s(?:id|name)="([^"]*)\"""")
_STYLE = re.compile(r"""url\(["']?(?!data:)([^"')]+)""")
_ELSEWHERE = re.compile(r"(\w+:)?//|mailto:")


class Site:
    """`links` are counted; `broken` are lines that tell what is wrong."""

    def __init__(self, folder):
        self._folder = folder
        self._places = {}
        self.links, self.broken = 0, []
        pages = sorted(path for path in folder.rglob("*.html") if ".work" not in path.parts)
        for page in pages:
            self._check(page)
        for style in sorted(folder.glob("_static/**/*.css")):
            for target in _STYLE.findall(style.read_text(errors="replace")):
                self.links += 1
                if _ELSEWHERE.match(target):
                    self._complain(style, f"asks another computer for {target}")
                elif not (style.parent / target.lstrip("/")).is_file():
                    self._complain(style, f"points at {target}, which is not there")
        self.pages = len(pages)

    def _complain(self, path, what):
        self.broken.append(f"{path.relative_to(self._folder)}: {what}")

    def _places_of(self, path):
        if path not in self._places:
            self._places[path] = set(_PLACE.findall(path.read_text(errors="replace")))
        return self._places[path]

    def _check(self, page):
        for tag, link in set(_LINK.findall(page.read_text())):
            target = html.unescape(link)
            if _ELSEWHERE.match(target):
                if tag != "a":
                    self._complain(page, f"asks another computer for {target}")
                continue
            self.links += 1
            name, _, place = target.partition("#")
            name = urllib.parse.unquote(name.partition("?")[0])
            path = (page.parent / name).resolve() if name else page
            if not path.is_file():
                self._complain(page, f"points at {target}, which is not there")
            elif place and path.suffix == ".html":
                if urllib.parse.unquote(place) not in self._places_of(path):
                    self._complain(page, f"points at {target}; the page has no such place")
