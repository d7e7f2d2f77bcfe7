#!/usr/bin/env python3
"""Sets An Ca up and runs it.

    start.py                      a park and a province with a demo
    start.py test …               every test
    start.py serve                one node from its settings
    start.py restore FILE         put a backup back on this machine; --replace where there is data
    start.py service …            print, install or remove a service that runs `serve`
    start.py release …            one zip with all packages, for a server without internet

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
LARGEST_LOG = 10 * 1024 * 1024


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
    if arguments[0] == "serve" and arguments[1:2] in ([], ["--log"]):
        if len(arguments) == 3:
            log_into(Path(arguments[2]))
        install("requirements.txt")
        return serve_until_stopped()
    if arguments[0] == "restore" and len(arguments) > 1:
        install("requirements.txt")
        return restore(arguments[1:])
    if arguments[0] == "service":
        from deploy import service

        if arguments[1:] == ["install"] and owns_folder():
            install("requirements.txt")
        return service.run(arguments[1:])
    if arguments[0] == "release":
        from deploy import release

        install("requirements.txt")
        return release.run(arguments[1:], PYTHON)
    print(__doc__)
    return 2


def interrupt(*_: object) -> None:
    """Being told to end is like Ctrl-C: what was started ends too."""
    raise KeyboardInterrupt


def install(requirements: str) -> None:
    """Make the virtual environment and install what is pinned, when that has changed."""
    put_left_over_aside()
    marker = VENV / f"installed-{requirements}"
    if not (marker.exists() and marker.read_text() == pinned(requirements)):
        for each in VENV.glob("installed-*"):
            each.unlink()  # packages of a run that is cut off now are nobody's
        install_anew(requirements)
        for name in {"requirements.txt", requirements}:
            (VENV / f"installed-{name}").write_text(pinned(name))
    subprocess.run([PYTHON, "-m", "app.web.catalogue"], check=True, cwd=ROOT)


def pinned(requirements: str) -> str:
    """What the pinned packages are recognised by; those for tests are on top of the others."""
    names = ("requirements.txt", requirements)
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def owns_folder() -> bool:
    """Whether packages installed now are in reach of the service, which runs as the owner."""
    return os.name == "nt" or os.geteuid() == ROOT.stat().st_uid


def put_left_over_aside() -> None:
    """Part with files of another version, whose place this one was unpacked into."""
    from deploy import release

    try:
        done = release.sweep(ROOT)
    except OSError as problem:
        raise SystemExit(f"{problem.filename} is of another version; remove it") from problem
    if done:
        print(done, flush=True)


def install_anew(requirements: str) -> None:
    """Install the pinned packages: from the wheels of a release where it brings them."""
    from deploy import release

    if not PYTHON.exists():
        print("Making the virtual environment …", flush=True)
        venv.create(VENV, with_pip=True)
    print(f"Installing {requirements} (once, a few minutes at most) …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    if (ROOT / release.WHEELS).is_dir():
        spoilt = release.check_wheels(ROOT)
        if spoilt:
            raise SystemExit(f"{spoilt} is not the file that was released; copy the zip again")
        pip += ["--find-links", str(ROOT / release.WHEELS)]
        if requirements == "requirements.txt":
            pip.append("--no-index")
    if subprocess.run([*pip, "-r", ROOT / requirements], cwd=ROOT).returncode:
        raise SystemExit("The packages could not be installed; nothing else was changed.")


def run_demo() -> int:
    """A park and a province on this machine, filled and enrolled with each other."""
    install("requirements.txt")
    park = node("park", PARK, PARK_PORT, "KCN Vân Trung")
    park["ANCA_UPSTREAM_URL"] = f"http://127.0.0.1:{PROVINCE_PORT}"
    province = node("province", PROVINCE, PROVINCE_PORT, "Tỉnh Bắc Giang")
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
        flask(environment, "db", "upgrade")
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


def restore(words: Sequence[str]) -> int:
    """Put a backup back; a path counts from where the command was given."""
    given = [word if word.startswith("-") else str(Path(word).absolute()) for word in words]
    line = [str(PYTHON), "-m", "flask", "--app", "wsgi", "backup", "restore", *given]
    return subprocess.run(line, cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}).returncode


def log_into(path: Path) -> None:
    """Send what this process and its servers say into a file; the one before is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_name(f"{path.name}.1"))
    with path.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    # What Python opened before writes to the console of Windows by calls that refuse a file.
    sys.stdout, sys.stderr = (
        open(stream, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        for stream in (1, 2)
    )


def serve_until_stopped() -> int:
    """Serve one node from its settings."""
    server = start(os.environ | {"PYTHONUTF8": "1"})
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop([server])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
