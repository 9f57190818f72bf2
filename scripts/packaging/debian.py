"""The Debian packages: `bitloom`, and `bitloom-learn` with what trains and evaluates networks."""
import gzip
import hashlib
import os
import pathlib
import shutil
import tempfile

from .build_folder import SOURCE, date_of_source, is_elf, run

_CONTROL = """Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: The bitloom authors
Installed-Size: {kilobytes}
Depends: {depends}
{others}Section: science
Priority: optional
Description: {summary}
{description}
"""
_ABOUT = {
    "bitloom": ("latency and energy of neural networks on bit-serial accelerators", """\
 bitloom tells what each layer of a neural network costs in cycles and energy at
 each weight and activation width, on a hardware of yours, and which bits per
 layer lose least accuracy within a budget. This package has the program, its
 configurations and the Python module."""),
    "bitloom-learn": ("accuracy of quantized networks, and training, for bitloom", """\
 This package has the commands of bitloom that run networks on LibTorch: train,
 calibrate, evaluate, finetune, record, sensitivity, and searches that measure
 accuracy. Trained weights of ResNet-20 lie in /usr/share/bitloom."""),
}
_COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: bitloom

Files: *
Copyright: The bitloom authors
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.
"""
# Compiled Python files of a package come and go with it.
_SCRIPTS = {
    "postinst": "#!/bin/sh\nset -e\nif [ \"$1\" = configure ]; then py3compile -p bitloom; fi\n",
    "prerm": "#!/bin/sh\nset -e\npy3clean -p bitloom\n",
}


def make_debian(build, output):
    """Writes the Debian packages of what `build` holds into the folder `output`; their paths."""
    with tempfile.TemporaryDirectory(prefix="bitloom-debian-") as folder:
        base = pathlib.Path(folder)
        paths = [_main_package(build, base / "bitloom", output)]
        if build.is_on("BITLOOM_LEARN"):
            paths.append(_learn_package(build, base / "bitloom-learn", output))
        return paths


def _main_package(build, root, output):
    usr = root / "usr"
    build.install("program", usr)
    module = build.install_module(root / "module")
    shutil.copytree(module, usr / "lib/python3/dist-packages/bitloom")
    shutil.rmtree(root / "module")
    zsh = usr / "share/zsh"
    (zsh / "site-functions").rename(zsh / "vendor-completions")  # where Debian's zsh looks
    _compress(usr / "share/man/man1/bitloom.1")
    version = run(build.python, "-c", "import sys; print('%d.%d %d.%d' % (*sys.version_info[:2], "
                  "sys.version_info[0], sys.version_info[1] + 1))").split()
    control = {"name": "bitloom", "others": "Suggests: bitloom-learn, nodejs\n",
               "depends": [f"python3 (>= {version[0]}~)", f"python3 (<< {version[1]}~)",
                           "python3-numpy"]}
    return _package(build, root, control, output, _SCRIPTS)


def _learn_package(build, root, output):
    build.install("learn", root / "usr")
    control = {"name": "bitloom-learn",
               "others": "Recommends: libopenblas0-pthread\n",  # LibTorch's products, in parallel
               "depends": [f"bitloom (= {build.version})"]}
    return _package(build, root, control, output, {})


def _package(build, root, control, output, scripts):
    """Adds what every package has, and builds it."""
    name = control["name"]
    documents = root / "usr/share/doc" / name
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(_COPYRIGHT)
    shutil.copyfile(SOURCE / "CHANGELOG.md", documents / "changelog")
    _compress(documents / "changelog")
    files = sorted(path for path in root.rglob("*") if path.is_file())
    control["depends"] += _libraries_of([path for path in files if is_elf(path)])
    folder = root / "DEBIAN"
    folder.mkdir()
    architecture = run("dpkg", "--print-architecture").strip()
    summary, description = _ABOUT[name]
    (folder / "control").write_text(_CONTROL.format(
        name=name, version=build.version, architecture=architecture, others=control["others"],
        kilobytes=sum((path.stat().st_size + 1023) // 1024 for path in files),
        depends=", ".join(control["depends"]), summary=summary, description=description))
    (folder / "md5sums").write_text("".join(
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n"
        for path in files))
    for script, text in scripts.items():
        (folder / script).write_text(text)
    _set_modes(root, scripts)
    path = output / f"{name}_{build.version}_{architecture}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, path,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(date_of_source())})
    return path


def _libraries_of(binaries):
    """Debian's packages of the libraries that the files load, with the versions that they need."""
    with tempfile.TemporaryDirectory(prefix="bitloom-debian-") as folder:
        control = pathlib.Path(folder) / "debian/control"
        control.parent.mkdir()
        control.write_text("Source: bitloom\n\nPackage: bitloom\nArchitecture: any\n")
        told = run("dpkg-shlibdeps", "-O", *[f"-e{path}" for path in binaries], cwd=folder)
    return told.strip().partition("=")[2].split(", ")


def _compress(path):
    """`path` as `path.gz`, without a name or a time in it."""
    with open(f"{path}.gz", "wb") as file:
        file.write(gzip.compress(path.read_bytes(), 9, mtime=0))
    path.unlink()


def _set_modes(root, scripts):
    """What the umask of whoever packages left out or let in."""
    for path in [root, *root.rglob("*")]:
        runs = path.is_dir() or path.parent.name == "bin" or path.name in scripts
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (date_of_source(),) * 2)
