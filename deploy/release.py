"""A release: the committed files and every wheel in one zip, for a server without internet.

The same commit and the same wheels give the same bytes: names sorted, times those of the commit.
"""

import argparse
import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS = "wheels"
SUMS = "SHA256SUMS"
PLATFORMS = {
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "windows": ("win_amd64",),
    "mac": ("macosx_11_0_arm64",),
}
RUNNABLE = {"start.py"}


def run(words: Sequence[str], python: Path) -> int:
    """Make the zip for a platform and versions of Python; by default those of this machine."""
    parser = argparse.ArgumentParser(prog="start.py release")
    parser.add_argument("--platform", choices=sorted(PLATFORMS), default=_here())
    parser.add_argument("--python", action="append", metavar="3.N", help="may be repeated")
    parser.add_argument("--out", type=Path, default=Path.cwd(), metavar="FOLDER")
    chosen = parser.parse_args(words)
    versions = sorted(set(chosen.python or ["{}.{}".format(*sys.version_info)]))
    if _git("status", "--porcelain", "--untracked-files=no"):
        print("Not made: there are changes that are not committed.")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for version in versions:
            if not _download(python, chosen.platform, version, Path(folder)):
                print(f"Not made: not every wheel is to be had for Python {version}.")
                return 1
        files = _committed() | {
            f"{WHEELS}/{path.name}": path.read_bytes() for path in Path(folder).iterdir()
        }
    label = "-".join([_version(), chosen.platform, *("py" + v.replace(".", "") for v in versions)])
    chosen.out.mkdir(parents=True, exist_ok=True)
    target = chosen.out / f"an-ca-{label}.zip"
    write(target, f"an-ca-{_version()}", files, _committed_at())
    print(f"{hashlib.sha256(target.read_bytes()).hexdigest()}  {target}")
    return 0


def write(target: Path, folder: str, files: Mapping[str, bytes], at: datetime) -> None:
    """Pack files by name, with the sum of each; the same files and time give the same bytes."""
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    )
    draft = target.with_suffix(".part")
    with zipfile.ZipFile(draft, "w") as packed:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", at.timetuple()[:6])
            entry.create_system = 3
            entry.external_attr = (0o100755 if name in RUNNABLE else 0o100644) << 16
            stored = name.startswith(WHEELS) or name.endswith((".png", ".woff2"))
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    draft.replace(target)


def check_wheels(root: Path) -> str | None:
    """What is wrong with the wheels that lie beside the program; None when they are whole."""
    promised = {}
    for line in (root / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if name.startswith(f"{WHEELS}/"):
            promised[name] = digest
    for name, digest in promised.items():
        path = root / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return name
    return None


def _here() -> str:
    kind = {"Windows": "windows", "Darwin": "mac"}.get(platform.system())
    return kind or ("linux-arm" if platform.machine() in {"aarch64", "arm64"} else "linux")


def _version() -> str:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(described["project"]["version"])


def _download(python: Path, name: str, version: str, folder: Path) -> bool:
    """Fetch the pinned wheels; every package is pinned, so none brings another one along."""
    wanted = folder.parent / f"{folder.name}.txt"
    wanted.write_text("\n".join(requirements(name)), encoding="utf-8")
    machine = ["--only-binary", ":all:", "--python-version", version]
    machine += [word for tag in PLATFORMS[name] for word in ("--platform", tag)]
    fetch = ["download", "--no-deps", *machine, "-r", str(wanted), "-d", str(folder)]
    # As the server will: nothing but these wheels, and whatever they need must be among them.
    offline = ["--no-index", "--find-links", str(folder), "--target", str(folder), *machine]
    attempt = ["install", "--dry-run", "--ignore-installed", *offline, "-r", str(wanted)]
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq"]
    done = all(subprocess.run([*pip, *step]).returncode == 0 for step in (fetch, attempt))
    wanted.unlink()
    return done


def requirements(name: str) -> list[str]:
    """The pinned packages of a platform; pip would judge the marks by the machine it runs on."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    chosen = []
    for line in lines:
        package, _, mark = line.partition(";")
        if not mark or ("win32" in mark) == (name == "windows"):
            chosen.append(package.strip())
    return [package for package in chosen if package]


def _committed() -> dict[str, bytes]:
    """Every committed file by its name."""
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        return {
            member.name: content.read()
            for member in archive
            if member.isfile() and (content := archive.extractfile(member))
        }


def _committed_at() -> datetime:
    return datetime.fromtimestamp(int(_git("log", "-1", "--format=%ct")), UTC)


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
