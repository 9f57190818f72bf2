#!/usr/bin/env python3
"""A wheel in a fresh environment of Python, and an unpacked Debian package, work by themselves."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import support
from support import ASK_MODULE, PRICED, run, timed

# Not brought along by the wheel: glibc's libraries and the compiler's.
_OF_THE_SYSTEM = re.compile(r"/(ld-linux|lib(c|m|gcc_s|stdc\+\+)\.so)")


def loaded_from(program, **options):
    """The files that a program or a module loads."""
    return re.findall(r"(/\S+)", run("ldd", program, **options).split("\n", 1)[1])


class InAFolder(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="bitloom-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)


class Wheel(InAFolder):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wheel = support.package("wheel", cls.folder)
        # NumPy is Debian's: nothing is downloaded.
        run(support.PYTHON, "-m", "venv", "--system-site-packages", cls.folder / "venv")
        cls.bin = cls.folder / "venv/bin"
        timed("pip install", cls.bin / "pip", "install", "--no-index",
              "--disable-pip-version-check", cls.wheel)
        cls.environment = support.clean_environment(PATH=f"{cls.bin}:/usr/bin:/bin")

    def test_works_in_a_fresh_environment(self):
        table = timed("bitloom simulate", "bitloom", *PRICED, env=self.environment)
        self.assertIn("resnet20 on bismo-edge", table)
        place, cycles = timed("import bitloom and simulate", self.bin / "python", "-c", ASK_MODULE,
                              env=self.environment).split()
        self.assertTrue(place.startswith(str(self.folder)), place)
        self.assertGreater(int(cycles), 0)
        self.check_libraries(pathlib.Path(place).parent)
        self.check_files(pathlib.Path(place).parent)

    def check_libraries(self, module):
        extension = next(module.glob("_bitloom.*.so"))
        for loading in (extension, module / "program/bin/bitloom"):
            for path in loaded_from(loading, env=self.environment):
                self.assertTrue(os.path.realpath(path).startswith(os.path.realpath(self.folder)) or
                                _OF_THE_SYSTEM.search(path), f"{loading} loads {path}")

    def check_files(self, module):
        """What pip recorded is there, each library has a licence, and another program is found."""
        run(self.bin / "pip", "check", env=self.environment)
        shown = run(self.bin / "pip", "show", "-f", "bitloom", env=self.environment)
        self.assertIn("licenses/LICENSE", shown)
        self.assertIn("licenses/libglpk40.txt", shown)
        self.assertTrue((self.folder / "venv/share/man/man1/bitloom.1").is_file())
        refused = subprocess.run(["bitloom", "verify"], env=self.environment, text=True,
                                 capture_output=True, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("bitloom-verify cannot be started", refused.stderr)
        self.assertTrue((module / "program/share/bitloom/configs/spaces").is_dir())

    def test_is_the_same_from_the_same_source(self):
        again = self.folder / "again"
        second = support.package("wheel", again)
        self.assertEqual(second.name, self.wheel.name)
        self.assertEqual(second.read_bytes(), self.wheel.read_bytes())


class Debian(InAFolder):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.package = support.package("deb", cls.folder)
        cls.root = cls.folder / "root"
        timed("dpkg -x", "dpkg", "-x", cls.package, cls.root)

    def test_works_where_it_is_unpacked(self):
        usr = self.root / "usr"
        table = timed("bitloom simulate", usr / "bin/bitloom", *PRICED,
                      env=support.clean_environment())
        self.assertIn("resnet20 on bismo-edge", table)
        modules = usr / "lib/python3/dist-packages"
        place, cycles = timed("import bitloom and simulate", support.PYTHON, "-c", ASK_MODULE,
                              env=support.clean_environment(PYTHONPATH=str(modules),
                                                            PYTHONDONTWRITEBYTECODE="1")).split()
        self.assertTrue(place.startswith(str(modules)), place)
        self.assertGreater(int(cycles), 0)

    def test_has_its_files_where_debian_looks(self):
        share = self.root / "usr/share"
        for name in ("bash-completion/completions/bitloom", "zsh/vendor-completions/_bitloom",
                     "fish/vendor_completions.d/bitloom.fish", "man/man1/bitloom.1.gz",
                     "doc/bitloom/copyright", "doc/bitloom/changelog.gz",
                     "bitloom/configs/hardware/bismo-edge.yaml"):
            self.assertTrue((share / name).is_file(), name)
        self.assertEqual(sorted(path.name for path in (self.root / "usr").iterdir()),
                         ["bin", "lib", "share"])

    def test_depends_on_what_it_loads(self):
        depends = run("dpkg-deb", "-f", self.package, "Depends")
        for library in ("libc6", "libfmt9", "libglpk40", "libsystemc", "libyaml-cpp0.7", "python3 ",
                        "python3-numpy"):
            self.assertIn(library, depends)
        control = self.folder / "control"
        control.write_text("Source: none\n")
        run("dpkg-checkbuilddeps", "-d", depends.strip(), control)  # what is built here runs here

    def test_of_learning_adds_its_commands(self):
        if "BITLOOM_LEARN:BOOL=ON" not in (support.BUILD / "CMakeCache.txt").read_text():
            self.skipTest("the build has no bitloom-learn")
        package, = self.folder.glob("bitloom-learn_*.deb")
        run("dpkg", "-x", package, self.folder / "both")
        run("dpkg", "-x", self.package, self.folder / "both")
        usr = self.folder / "both/usr"
        helped = run(usr / "bin/bitloom", "evaluate", "--help", env=support.clean_environment())
        self.assertIn("bitloom evaluate", helped)
        self.assertTrue((usr / "share/bitloom/models/trained/README.md").is_file())
        self.assertIn("bitloom (= ", run("dpkg-deb", "-f", package, "Depends"))

    def test_has_digests_of_all_files(self):
        control = self.folder / "DEBIAN"
        run("dpkg-deb", "-e", self.package, control)
        run("md5sum", "--quiet", "-c", control / "md5sums", cwd=self.root)
        listed = len((control / "md5sums").read_text().splitlines())
        self.assertEqual(listed, sum(path.is_file() for path in self.root.rglob("*")))


if __name__ == "__main__":
    for tool in ("patchelf", "dpkg-deb", "dpkg-shlibdeps"):
        if shutil.which(tool) is None:
            support.skip(f"{tool} is not installed (scripts/setup --packages)")
    unittest.main()
