#!/usr/bin/env python3
"""Sets An Ca up and runs it: `start.py`, `start.py test`, `start.py serve`.

Needs Python 3.11 or newer and nothing else; everything is installed into `.venv`.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
PARK, PROVINCE = ROOT / "instance" / "park", ROOT / "instance" / "province"
PARK_PORT, PROVINCE_PORT = 8000, 8001
DEMO = ("--workers", "1200", "--days", "30", "--seed", "1")
READY_WITHIN_SECONDS = 60


def main(arguments: Sequence[str]) -> int:
    """Do what was asked; returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python shall read the sentence
        print("An Ca needs Python 3.11 or newer; this is", sys.version.split()[0])
        return 1
    signal.signal(signal.SIGTERM, interrupt)
    if not arguments:
        return run_demo()
    if arguments[0] == "test":
        install("requirements-dev.txt")
        return subprocess.run([str(PYTHON), "-m", "pytest", *arguments[1:]], cwd=ROOT).returncode
    if list(arguments) == ["serve"]:
        install("requirements.txt")
        return serve_until_stopped()
    print(__doc__)
    return 2


def interrupt(*_: object) -> None:
    """Being told to end is like Ctrl-C: what was started ends too."""
    raise KeyboardInterrupt


def install(requirements: str) -> None:
    """Make the virtual environment and install what is pinned, when that has changed."""
    names = ("requirements.txt", requirements)
    pinned = b"".join((ROOT / name).read_bytes() for name in names)
    wanted = hashlib.sha256(pinned).hexdigest()
    marker = VENV / f"installed-{requirements}"
    if not (marker.exists() and marker.read_text() == wanted):
        install_anew(requirements)
        marker.write_text(wanted)
    subprocess.run([PYTHON, "-m", "app.web.catalogue"], check=True, cwd=ROOT)


def install_anew(requirements: str) -> None:
    """Install the pinned packages."""
    if not PYTHON.exists():
        print("Making the virtual environment …", flush=True)
        venv.create(VENV, with_pip=True)
    print(f"Installing {requirements} (once, a few minutes at most) …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "-r", ROOT / requirements], check=True, cwd=ROOT)


def run_demo() -> int:
    """A park and a province on this machine, filled and enrolled with each other."""
    install("requirements.txt")
    park = node("park", PARK, PARK_PORT, "KCN Vân Trung")
    park["ANCA_UPSTREAM_URL"] = f"http://127.0.0.1:{PROVINCE_PORT}"
    province = node("province", PROVINCE, PROVINCE_PORT, "Tỉnh Bắc Giang")
    for environment in (park, province):
        flask(environment, "db", "upgrade")
    accounts = demo_accounts(park, PARK) + demo_accounts(province, PROVINCE)
    servers = [start(province), start(park)]
    try:
        for environment, server in zip((province, park), servers, strict=True):
            wait_until_ready(environment, server)
        enrol(park, province)
        tell(accounts)
        return wait_for_end(servers)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(servers)


def node(role: str, instance: Path, port: int, name: str) -> dict[str, str]:
    """The environment of one node on this machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ANCA_")}
    kept.pop("DATABASE_URL", None)
    return kept | {
        "ANCA_ROLE": role,
        "ANCA_NAME": name,
        "ANCA_INSTANCE": str(instance),
        "ANCA_PORT": str(port),
        "PYTHONUTF8": "1",
    }


def flask(environment: Mapping[str, str], *command: str) -> dict[str, object]:
    """Run one of the node's commands and read its JSON."""
    line = [str(PYTHON), "-m", "flask", "--app", "wsgi", *command, "--json"]
    done = subprocess.run(line, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout.decode()}")
    told: dict[str, object] = json.loads(done.stdout)
    return told


def demo_accounts(environment: Mapping[str, str], instance: Path) -> list[dict[str, str]]:
    """The accounts of the demo; an empty database is filled first."""
    kept = instance / "demo-accounts.json"
    if not kept.exists():
        print(f"Filling {environment['ANCA_NAME']} with a demo …", flush=True)
        told = flask(environment, "demo", "load", *DEMO)
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(told["accounts"], ensure_ascii=False), encoding="utf-8")
    accounts: list[dict[str, str]] = json.loads(kept.read_text(encoding="utf-8"))
    return [account | {"port": environment["ANCA_PORT"]} for account in accounts]


def start(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a node's server."""
    return subprocess.Popen([PYTHON, "-m", "app.serve"], cwd=ROOT, env=dict(environment))


def wait_until_ready(environment: Mapping[str, str], server: subprocess.Popen[bytes]) -> None:
    """Wait until a node answers; whoever else answers there does not count."""
    address = f"http://127.0.0.1:{environment['ANCA_PORT']}/readyz"
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                if server.poll() is None:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        if server.poll() is not None:
            raise SystemExit(f"{environment['ANCA_NAME']} did not start")
    raise SystemExit(f"{environment['ANCA_NAME']} did not come up at {address}")


def enrol(park: Mapping[str, str], province: Mapping[str, str]) -> None:
    """Let the province know the park, once."""
    if flask(park, "sync", "status")["enrolled"]:
        return
    invitation = flask(province, "sync", "invite", "--name", park["ANCA_NAME"])
    code = str(invitation["code"])
    flask(park, "sync", "enrol", park["ANCA_UPSTREAM_URL"], "--code", code)


def tell(accounts: Sequence[Mapping[str, str]]) -> None:
    """Print where to go and how to sign in."""
    print(f"\n  Park      http://127.0.0.1:{PARK_PORT}")
    print(f"  Province  http://127.0.0.1:{PROVINCE_PORT}\n")
    for account in accounts:
        if "login" in account:
            way = f"{account['login']}  {account['secret']}"
        else:
            way = f"{account['company']}  {account['badge']}  PIN {account['pin']}"
        print(f"  {account['role']:<15} :{account['port']}  {way}")
    print("\n  Ctrl-C ends both.\n", flush=True)


def wait_for_end(servers: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait for Ctrl-C, or for a server that ends by itself."""
    while all(server.poll() is None for server in servers):
        time.sleep(0.5)
    print("A server ended by itself; stopping the other one.")
    return 1


def stop(servers: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the servers cleanly."""
    for server in servers:
        if server.poll() is None:
            server.send_signal(getattr(signal, "CTRL_C_EVENT", signal.SIGTERM))
    for server in servers:
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def serve_until_stopped() -> int:
    """Serve one node from its settings."""
    done = subprocess.run(
        [PYTHON, "-m", "flask", "--app", "wsgi", "db", "upgrade", "--json"], cwd=ROOT
    )
    if done.returncode:
        return done.returncode
    server = subprocess.Popen([PYTHON, "-m", "app.serve"], cwd=ROOT)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop([server])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
