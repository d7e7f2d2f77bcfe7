"""An Ca as a service: a systemd unit on Linux, a scheduled task on Windows."""

import getpass
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
NAME = "an-ca"
UNIT = """\
[Unit]
Description=An Ca
Wants=network-online.target
After=network-online.target

[Service]
Type=simple
WorkingDirectory={root}
ExecStart="{python}" "{root}/start.py" serve
{user}Restart=always
RestartSec=10
RestartPreventExitStatus=65 66 78
KillMode=mixed
TimeoutStopSec=40
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes

[Install]
WantedBy={wanted}
"""
TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>An Ca</Description></RegistrationInfo>
  <Triggers>{trigger}</Triggers>
  <Principals><Principal id="Author">{principal}</Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{python}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{root}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def run(words: Sequence[str]) -> int:
    """`service` prints what would be installed; `install` and `remove` do it."""
    if list(words) not in ([], ["install"], ["remove"]):
        print("start.py service [install | remove]")
        return 2
    word = words[0] if words else "print"
    if os.name == "nt":
        return _windows(word)
    if platform.system() == "Linux":
        return _linux(word)
    print("A service is made on Linux and Windows only; here run: python3 start.py serve")
    return 1


def unit(*, for_machine: bool) -> str:
    """The systemd unit; of the whole machine it runs as whoever owns the program's folder."""
    user = f"User={ROOT.owner()}\nGroup={ROOT.group()}\n" if for_machine else ""
    root, python = _for_unit(ROOT), _for_unit(_python())
    wanted = "multi-user.target" if for_machine else "default.target"
    return UNIT.format(root=root, python=python, user=user, wanted=wanted)


def task(*, for_machine: bool) -> str:
    """The scheduled task: with the machine for administrators, at sign-in for anybody else."""
    if for_machine:
        trigger = "<BootTrigger/>"
        principal = "<UserId>S-1-5-18</UserId><RunLevel>LeastPrivilege</RunLevel>"
    else:
        name = escape(getpass.getuser())
        trigger = f"<LogonTrigger><UserId>{name}</UserId></LogonTrigger>"
        principal = f"<UserId>{name}</UserId><LogonType>InteractiveToken</LogonType>"
    log = ROOT / "instance" / "service.log"
    return TASK.format(
        trigger=trigger,
        principal=principal,
        python=escape(str(_python())),
        arguments=escape(f'"{ROOT / "start.py"}" serve --log "{log}"'),
        root=escape(str(ROOT)),
    )


def _python() -> Path:
    """The Python that started this, not the one of a virtual environment that may be made anew."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).absolute()


def _for_unit(path: Path) -> str:
    """A path as systemd reads it."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _linux(word: str) -> int:
    for_machine = os.geteuid() == 0
    folder = Path("/etc/systemd/system")
    if not for_machine:
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        folder = Path(home) / "systemd" / "user"
    path, text = folder / f"{NAME}.service", unit(for_machine=for_machine)
    control = ["systemctl"] if for_machine else ["systemctl", "--user"]
    said = " ".join(control)
    if word == "print":
        print(f"# {path}\n{text}", end="")
        return 0
    if word == "remove":
        _try([*control, "disable", "--now", NAME])
        path.unlink(missing_ok=True)
        _try([*control, "daemon-reload"])
        print(f"{path} is gone.")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"Written: {path}")
    if not for_machine:
        _try(["loginctl", "enable-linger"])  # runs without anybody signed in
    started = _try([*control, "daemon-reload"]) and _try([*control, "enable", "--now", NAME])
    if not started:
        print(f"systemd did not start it. When it runs: {said} enable --now {NAME}")
        return 1
    journal = "journalctl" if for_machine else "journalctl --user"
    print(f"It runs, and starts with the machine. State: {said} status {NAME}")
    print(f"Log: {journal} -u {NAME}    Stop: {said} stop {NAME}")
    return 0


def _windows(word: str) -> int:
    import ctypes

    for_machine = bool(ctypes.windll.shell32.IsUserAnAdmin())  # type: ignore[attr-defined]
    text = task(for_machine=for_machine)
    if word == "print":
        print(text, end="")
        return 0
    if word == "remove":
        _try(["schtasks", "/End", "/TN", NAME])
        return 0 if _try(["schtasks", "/Delete", "/TN", NAME, "/F"]) else 1
    path = ROOT / "instance" / "service.xml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-16")
    if not _try(["schtasks", "/Create", "/TN", NAME, "/XML", str(path), "/F"]):
        return 1
    _try(["schtasks", "/Run", "/TN", NAME])
    when = "with the machine" if for_machine else "when you sign in"
    print(f"It runs, and starts {when}. State: schtasks /Query /TN {NAME}")
    print(f"Log: instance\\service.log    Stop: schtasks /End /TN {NAME}")
    return 0


def _try(command: Sequence[str]) -> bool:
    """Whether a program of the system is there and did it."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command).returncode == 0
