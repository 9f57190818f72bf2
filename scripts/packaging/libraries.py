"""The shared libraries that a wheel brings along."""
import hashlib
import pathlib
import re
import shutil

from .build_folder import PackageError, run

# What every Linux with glibc has: glibc's own libraries and the compiler's, as PEP 600 lists them.
_OF_THE_SYSTEM = re.compile(
    r"(ld-linux[\w-]*|lib(c|m|dl|rt|pthread|util|gcc_s|stdc\+\+))\.so(\.\d+)*$|linux-vdso")


def _needed(program):
    """name -> path of the libraries that a program loads, theirs included."""
    found = {}
    for line in run("ldd", program).splitlines():
        words = line.split()
        name = pathlib.Path(words[0]).name
        if _OF_THE_SYSTEM.match(name):
            continue
        if len(words) < 3 or words[1] != "=>" or not words[2].startswith("/"):
            raise PackageError(f"{program}: {name} is not found")
        found[name] = pathlib.Path(words[2]).resolve()
    return found


def _name_of_its_own(name, path):
    """libfmt.so.9 -> libfmt-1a2b3c4d.so.9: no other library of a Python process is taken for it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    stem, _, rest = name.partition(".so")
    return f"{stem}-{digest}.so{rest}"


def bundle(folder, users):
    """Copies what `users` load into `folder` and has them load it from there.

    users: path of a program or module -> the folder, as seen from its own. Returns the paths of the
    libraries' originals.
    """
    originals = {}
    for user in users:
        originals.update(_needed(user))
    names = {name: _name_of_its_own(name, path) for name, path in originals.items()}
    folder.mkdir(parents=True)
    for name, path in originals.items():
        shutil.copyfile(path, folder / names[name])
        run("patchelf", "--set-soname", names[name], folder / names[name])
    places = {**users, **{folder / name: "." for name in names.values()}}
    for path, place in places.items():
        loads = run("patchelf", "--print-needed", path).split()
        renamed = [word for name in loads if name in names
                   for word in ("--replace-needed", name, names[name])]
        # One call would set the path alone: patchelf 0.14 then loses the names.
        if renamed:
            run("patchelf", *renamed, path)
        run("patchelf", "--set-rpath", f"$ORIGIN/{place}", path)
    return sorted(originals.values())


def licences(paths):
    """Debian's package -> its copyright file, of the libraries at `paths`."""
    files = {}
    for path in paths:
        package = _package_of(path)
        text = pathlib.Path("/usr/share/doc") / package / "copyright"
        if not text.is_file():
            raise PackageError(f"{path}: the licence of {package} is not at {text}")
        files[package] = text
    return files


def _package_of(path):
    candidates = [path, pathlib.Path(str(path).replace("/usr/lib/", "/lib/", 1))]
    for each in candidates:
        try:
            return run("dpkg-query", "-S", each).split(":")[0]
        except PackageError:
            continue
    raise PackageError(f"{path}: belongs to no Debian package, so that its licence is not known")
