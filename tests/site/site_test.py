#!/usr/bin/env python3
"""The documentation's site is whole: every page, every link, its search; and asks nobody."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BITLOOM_BUILD", SOURCE / "build"))
SKIPPED = 77
sys.path.insert(0, str(SOURCE / "scripts"))

from website.links import Site  # noqa: E402


def run_site(*words):
    return subprocess.run([SOURCE / "scripts/site", *words], text=True, capture_output=True,
                          check=False)


class BuiltSite(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="bitloom-site-")
        cls.addClassCleanup(folder.cleanup)
        cls.site = pathlib.Path(folder.name).resolve() / "site"
        cls.seconds = cls.build()

    @classmethod
    def build(cls):
        start = time.monotonic()
        done = run_site("-o", cls.site, "--build", BUILD)
        assert done.returncode == 0, done.stderr
        cls.told = done.stdout
        return time.monotonic() - start

    def expect(self, page, *parts):
        text = (self.site / f"{page}.html").read_text()
        self.assertEqual([part for part in parts if part not in text], [])

    def test_every_link_leads_somewhere(self):
        found = Site(self.site)
        print(f"{found.pages} pages, {found.links} links, {self.seconds:.1f} s, "
              f"{sum(f.stat().st_size for f in self.site.rglob('*') if f.is_file()) / 1e6:.0f} MB")
        self.assertEqual(found.broken, [])
        self.assertGreater(found.links, found.pages)

    def test_a_broken_link_is_found(self):
        page = self.site / "broken.html"
        page.write_text('<a href="absent.html">a</a> <a href="index.html#absent">b</a>'
                        '<script src="https://example.org/a.js"></script>')
        self.addCleanup(page.unlink)
        self.assertEqual(sorted(Site(self.site).broken), [
            "broken.html: asks another computer for https://example.org/a.js",
            "broken.html: points at absent.html, which is not there",
            "broken.html: points at index.html#absent; the page has no such place"])

    def test_every_markdown_file_of_docs_is_a_page(self):
        for path in (SOURCE / "docs").rglob("*.md"):
            name = path.relative_to(SOURCE).with_suffix(".html")
            if name != pathlib.Path("docs/site/index.html"):
                self.assertTrue((self.site / name).is_file(), name)

    def test_commands_have_their_options(self):
        self.expect("commands/simulate", "--edge-layers", "Example")
        self.expect("commands/describe", "bitloom describe hardware")

    def test_functions_have_their_arguments_with_types(self):
        self.expect("api/tables", "cost_table", "<strong>max_bits</strong> (<em>int</em>)",
                    "16 at most", "UnsupportedError")
        self.expect("api/simulation", 'title="bitloom.NetworkLike"')

    def test_examples_have_their_output(self):
        self.expect("examples/python/own_sensitivities", "8/8 8/8 8/8")

    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_the_search_finds_words_keys_and_functions(self):
        done = subprocess.run(
            ["node", SOURCE / "tests/site/search.js", self.site, "bipolar", "coefficient_bits",
             "cost_table", "edge-layers", "xyzzy"], text=True, capture_output=True, check=True)
        found = json.loads(done.stdout)
        self.assertIn("docs/reference/quantizers", found["bipolar"])
        self.assertIn("docs/reference/file-formats", found["coefficient_bits"])
        self.assertEqual("api/tables", found["cost_table"][0])
        self.assertIn("commands/simulate", found["edge-layers"])
        self.assertEqual([], found["xyzzy"])

    def test_names_nothing_of_this_machine(self):
        for path in self.site.rglob("*.html"):
            self.assertFalse(".work" not in path.parts and str(SOURCE) in path.read_text(), path)

    def test_is_quick_the_second_time_and_the_same(self):
        pages = sorted(path for path in self.site.rglob("*.html"))
        self.assertLess(self.build(), self.seconds)
        self.assertEqual(sorted(path for path in self.site.rglob("*.html")), pages)


class BadInput(unittest.TestCase):

    def refused(self, *words):
        done = run_site(*words)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_is_told_in_one_line(self):
        self.assertEqual(self.refused("--outptu", "x"), "site: unrecognized arguments: --outptu x; "
                         "scripts/site --help tells the options\n")
        self.assertEqual(self.refused("-o", "/dev/null/x", "--build", BUILD),
                         "site: /dev/null/x: cannot be written: Not a directory\n")

    def test_a_build_without_the_module_is_told_how_to_get_it(self):
        with tempfile.TemporaryDirectory(prefix="bitloom-site-") as folder:
            line = self.refused("-o", f"{folder}/site", "--build", folder)
            self.assertIn("scripts/build release -DBITLOOM_PYTHON=ON", line)
            self.assertFalse(pathlib.Path(folder, "site").exists())

    def test_a_folder_that_holds_something_else_is_left_alone(self):
        with tempfile.TemporaryDirectory(prefix="bitloom-site-") as folder:
            pathlib.Path(folder, "mine").write_text("")
            line = self.refused("-o", folder, "--build", BUILD)
            self.assertEqual(line, f"site: {folder}: holds something else; name an empty or a new "
                             "folder\n")
            self.assertEqual(os.listdir(folder), ["mine"])


if __name__ == "__main__":
    if subprocess.run(["/usr/bin/python3", "-c", "import furo, myst_parser, sphinx"],
                      capture_output=True, check=False).returncode != 0:
        print("skipped: Sphinx is not installed (scripts/setup --site)")
        sys.exit(SKIPPED)
    unittest.main()
