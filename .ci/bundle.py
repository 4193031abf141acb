"""Makes one archive with everything to install without the internet, and tries it.

In it are the committed source, the libraries as wheels for this kind of machine and this Python
(checked against the hashes of the lock), a bill of materials, checksums and how to install it.
"""

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bill_of_materials import NAME, written

ROOT = Path(__file__).parents[1]
INSTALL = """#!/bin/sh
# Installs what is in this folder into ../innovation-VERSION or the folder that is named:
#   sh install.sh /opt/innovation/VERSION
# Nothing is fetched from anywhere. PYTHON=/usr/bin/python{python} chooses the Python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${{1:-$here/../{name}-{version}}}
python=${{PYTHON:-python{python}}}
(cd "$here" && sha256sum --check --quiet SHA256SUMS) || {{
    echo "The bundle is damaged." >&2
    exit 1
}}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != {pair})' 2>/dev/null || {{
    echo "This bundle is for Python {python}: PYTHON=/path/to/python{python} sh install.sh" >&2
    exit 1
}}
test ! -e "$to" || {{ echo "$to is there already; name an empty place." >&2; exit 1; }}
mkdir -p "$to"
tar -xf "$here/source.tar" -C "$to"
"$python" -m venv "$to/.venv"
"$to/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-index \\
    --find-links "$here/wheels" --only-binary :all: --require-hashes -r "$to/requirements.txt"
"$to/.venv/bin/python" -W ignore -m compileall -qq "$to/.venv/lib" "$to/innovation" || true
(cd "$to" && pwd > .venv/runtime.stamp)
echo "Installed into $to. Go on with docs/operate.md there."
"""
READ_ME = """# {name} {version}: everything to install without the internet

For {platform} and Python {python}. Check that what arrived is what was sent: compare the
checksum of the archive with the one that came another way, then

    sh install.sh /opt/innovation/{version}

which checks every file against SHA256SUMS and every library against the hashes of the lock. Then
follow docs/operate.md in that folder. `bom.json` says what it is made of (CycloneDX).
"""


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _wheels(lock: Path, folder: Path) -> None:
    """Fetch the wheels that this machine installs, each with a hash that the lock knows."""
    words = ["download", "-qq", "--disable-pip-version-check", "--no-input", "--no-deps"]
    words += ["--only-binary", ":all:", "--require-hashes", "-r", str(lock), "-d", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)


def _sums(folder: Path) -> str:
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return "".join(
        f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(folder)}\n"
        for one in files
    )


def _pack(folder: Path, name: str, moment: int, to: Path) -> None:
    """Write the archive so that the same contents give the same bytes."""
    with (
        to.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                entry = tarfile.TarInfo(f"{name}/{one.relative_to(folder)}")
                body = one.read_bytes()
                entry.size, entry.mtime = len(body), moment
                entry.mode = 0o755 if one.suffix == ".sh" else 0o644
                tar.addfile(entry, io.BytesIO(body))


def make(to: Path) -> Path:
    """Make the archive in the folder and give where it is."""
    version = _git("describe", "--tags", "--always")
    when, moment = _git("log", "-1", "--format=%cI"), int(_git("log", "-1", "--format=%ct"))
    if _git("status", "--porcelain"):
        print("Changes that are not committed are left out.", file=sys.stderr)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    platform = sysconfig.get_platform()
    told = {
        "name": NAME, "version": version, "python": python, "platform": platform,
        "pair": tuple(sys.version_info[:2]),
    }  # fmt: skip
    name = f"{NAME}-{version}-{platform}-python{python}"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        subprocess.run(
            ["git", "archive", "-o", str(folder / "source.tar"), "HEAD", ".", ":!.venv"],
            cwd=ROOT, check=True,
        )  # fmt: skip
        # The lock of the commit, which the tree may have left behind.
        with tarfile.open(folder / "source.tar") as source:
            packed = source.extractfile("requirements.txt")
            lock = packed.read().decode() if packed else ""
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as kept:
            kept.write(lock)
            kept.flush()
            _wheels(Path(kept.name), folder / "wheels")
        (folder / "bom.json").write_text(written(lock, version, when), encoding="utf-8")
        (folder / "install.sh").write_text(INSTALL.format(**told), encoding="utf-8")
        (folder / "README.md").write_text(READ_ME.format(**told), encoding="utf-8")
        (folder / "SHA256SUMS").write_text(_sums(folder), encoding="utf-8")
        to.mkdir(parents=True, exist_ok=True)
        archive = to / f"{name}.tar.gz"
        _pack(folder, name, moment, archive)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")
    return archive


def main() -> None:
    """Make the bundle, and try it unless told not to."""
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("--to", type=Path, default=ROOT / "dist", help="folder for the archive")
    given.add_argument("--untried", action="store_true", help="do not install and start it")
    chosen = given.parse_args()
    archive = make(chosen.to)
    print(f"{archive} ({archive.stat().st_size / 1e6:.0f} MB)")
    if not chosen.untried:
        trial = [sys.executable, str(Path(__file__).with_name("try_bundle.py")), str(archive)]
        sys.exit(subprocess.run(trial, check=False).returncode)


if __name__ == "__main__":
    main()
