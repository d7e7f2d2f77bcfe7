"""A PostgreSQL server for one test run, in a folder of its own, gone afterwards."""

import getpass
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.ports import free_port


def find_cluster(folder: Path) -> "Cluster | str":
    """A server that can be started, or the sentence why there is none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("createdb")
    if found:
        places.append(Path(found).resolve().parent)
    needed = ("initdb", "pg_ctl", "createdb")
    bin_folder = next((p for p in places if all((p / name).exists() for name in needed)), None)
    if bin_folder is None:
        return "PostgreSQL is not installed: tests on PostgreSQL do not run"
    return Cluster(bin_folder, folder)


class Cluster:
    """Start with `with`; `new_database` gives the URL of a fresh database."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self.bin, self.data = bin_folder, folder / "data"
        self.user = "postgres" if getpass.getuser() == "root" else getpass.getuser()
        self.port = free_port()
        self.made = 0

    def __enter__(self) -> Self:
        self.data.mkdir()
        if os.geteuid() == 0:
            for place in (self.data, *self.data.parents):
                if place == Path("/tmp"):
                    break
                place.chmod(0o755)
            shutil.chown(self.data, self.user)
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {self.port} -h 127.0.0.1 -k {self.data} -c max_connections=300"
        options += " -c fsync=off -c autovacuum=off"
        log = str(self.data / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", log, "-o", options, "start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def new_database(self, hint: str) -> str:
        """The URL of a new, empty database."""
        self.made += 1
        name = f"anca_{hint}_{self.made}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), name)
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
