"""A figure as SVG: shapes in order, on white, so that it reads in light and dark pages."""

from xml.sax.saxutils import escape

BLUE, ORANGE, GREEN = "#2f6fb5", "#e08a2e", "#3c8d53"
GRAY, INK, PALE = "#8a929c", "#1c232b", "#eef2f7"
FONT = "DejaVu Sans, Verdana, Arial, sans-serif"


class Figure:
    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.shapes = [f"<title>{escape(title)}</title>",
                       f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>']

    def rect(self, x, y, width, height, fill=PALE, stroke="none", radius=0):
        self.shapes.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
                           f'rx="{radius}" fill="{fill}" stroke="{stroke}"/>')

    def line(self, x1, y1, x2, y2, stroke=GRAY, width=1, dash="", arrow=False):
        marker = f' marker-end="url(#{stroke[1:]})"' if arrow else ""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.shapes.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" '
                           f'stroke="{stroke}" stroke-width="{width}"{dashes}{marker}/>')

    def text(self, x, y, words, size=13, anchor="start", fill=INK, weight="normal", family=FONT):
        self.shapes.append(f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-family="{family}" '
                           f'text-anchor="{anchor}" fill="{fill}" font-weight="{weight}">'
                           f"{escape(words)}</text>")

    def code(self, x, y, words, size=13, anchor="start", fill=INK, weight="normal"):
        self.text(x, y, words, size, anchor, fill, weight, "DejaVu Sans Mono, monospace")

    def box(self, x, y, width, height, lines, fill=PALE, stroke=GRAY, size=13):
        """A box with centred lines, the first one bold."""
        self.rect(x, y, width, height, fill, stroke, 4)
        top = y + height / 2 - (len(lines) - 1) * (size + 4) / 2 + size / 3
        for i, words in enumerate(lines):
            self.text(x + width / 2, top + i * (size + 4), words, size, "middle",
                      weight="bold" if i == 0 else "normal")

    def svg(self):
        def head(color):
            return (f'<marker id="{color[1:]}" viewBox="0 0 10 10" refX="9" refY="5" '
                    f'markerWidth="7" markerHeight="7" orient="auto">'
                    f'<path d="M0,0 L10,5 L0,10 z" fill="{color}"/></marker>')
        heads = "".join(head(color) for color in (BLUE, ORANGE, GREEN, GRAY, INK))
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" '
                f'height="{self.height}" viewBox="0 0 {self.width} {self.height}">\n'
                f"<defs>{heads}</defs>\n" + "\n".join(self.shapes) + "\n</svg>\n")
