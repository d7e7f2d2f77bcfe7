"""A release: the committed files and every wheel in one zip, for a server without internet.

The same commit and the same wheels give the same bytes: names sorted, times those of the commit.
"""

import argparse
import hashlib
import io
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
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
FACTS = {
    "linux": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "linux-arm": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "windows": {"sys_platform": "win32", "platform_machine": "AMD64"},
    "mac": {"sys_platform": "darwin", "platform_machine": "arm64"},
}
RUNNABLE = {"start.py"}
# Folders that hold the program and nothing of anybody else, and what it makes in them by itself.
PROGRAM = ("app", "deploy", "static", "templates")
MADE_HERE = (".pyc", ".mo", ".mo.new")
LEFT_OVER = "left-over"


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
    return _first_other(root, (WHEELS,))


def sweep(root: Path) -> str | None:
    """Put aside what another version left in the folders of the program; what was done, in a line.

    Unpacking over a folder deletes nothing, and a newer step of the schema that stays would count.
    """
    if not (root / SUMS).is_file() or (root / ".git").exists():
        return None
    named = {_folded(name) for name in _promised(root, PROGRAM)}
    strange = [name for name in _found(root) if _folded(name) not in named]
    if not strange:
        return None
    changed = _first_other(root, PROGRAM)
    if changed:
        return (
            f"{strange[0]} is of another version and {changed} is not the file that was released; "
            "nothing was put aside: unpack the zip again"
        )
    for name in strange:
        target = root / LEFT_OVER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (root / name).replace(target)
    more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
    return f"Not of this version, put aside in {LEFT_OVER}: {', '.join(strange[:3])}{more}"


def _promised(root: Path, folders: Sequence[str]) -> dict[str, str]:
    """The sums of the files that were released in some folders, by name."""
    lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("  ")[::2] for line in lines)
    return {name: digest for digest, name in pairs if name.partition("/")[0] in folders}


def _first_other(root: Path, folders: Sequence[str]) -> str | None:
    """The first file that is missing or not as it was released."""
    for name, digest in _promised(root, folders).items():
        path = root / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return name
    return None


def _found(root: Path) -> Iterator[str]:
    """Names of the files that lie in the folders of the program."""
    for folder in PROGRAM:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.as_posix().endswith(MADE_HERE):
                yield path.relative_to(root).as_posix()


def _folded(name: str) -> str:
    """A name as disks compare it that keep, but do not tell apart, small and capital letters."""
    return unicodedata.normalize("NFC", name).casefold()


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
        if package.strip() and (not mark or _holds(mark, name)):
            chosen.append(package.strip())
    return chosen


def _holds(mark: str, name: str) -> bool:
    """Whether a mark such as `sys_platform == "win32"` holds on a platform (PEP 508)."""
    found = re.fullmatch(r'\s*(\w+) (==|in) "([^"]*)"\s*', mark)
    if found is None:
        raise ValueError(f"requirements.txt: nobody reads the mark {mark}")
    fact, values = FACTS[name][found[1]], found[3]
    return fact == values if found[2] == "==" else fact in values.split()


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
