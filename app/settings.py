"""Settings of one node: read once from the environment and `anca.env`, then frozen."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.kernel.files import settle_folder, write_whole
from app.kernel.key_ring import KeyRing
from app.kernel.refusals import Refusal

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024 * 1024
SECRETS_FILE = "secrets.json"
# Lies in the folder of every node that holds data.
DATA_MARK = "data-here.txt"
# One group of settings a message channel.
CHANNEL_GROUPS = (
    "ANCA_SMS_",
    "ANCA_SMTP_",
    "ANCA_ESMS_",
    "ANCA_SPEEDSMS_",
    "ANCA_GSM_",
    "ANCA_PUSH_",
    "ANCA_ALERT_",
    "ANCA_ZALO_",
)
# Minutes a browser may be left alone, hours until it is asked again, for each role of the office;
# an unlocked laptop in a workshop shows the health of hundreds.
IDLE_MINUTES = (5, 60)
LONGEST_HOURS = (1, 16)
SESSION_ROLES = ("team_member", "safety_officer", "gate", "park_manager", "province_staff", "admin")
STRICTER = (("province_staff", 15, 8), ("admin", 15, 8))
# The other system that a province's figures go to.
REPORT_GROUP = "ANCA_DHIS2_"


class NodeRole(StrEnum):
    """What this node is: a park's own server, or the province's."""

    PARK = "park"
    PROVINCE = "province"


# Where a province rings its parks unless told otherwise; 0 is nowhere. A park rings nobody.
USUAL_BELL_PORT = {NodeRole.PARK: 0, NodeRole.PROVINCE: 8011}


class UnsafeSetting(Exception):  # noqa: N818 - read by the person who starts the server
    """A setting this program does not start with; the text names it and says why."""


class KeysMissing(Refusal):
    """There is data, but the keys it was sealed with are gone: new ones would open nothing."""

    code = "node.keys_missing"
    status = 503


class KeysUnreadable(Refusal):
    """The file of the keys is there and holds something else, or half of it."""

    code = "node.keys_unreadable"
    status = 503


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys made on first start and kept beside the database, readable by its owner only."""

    session_key: str
    pepper: bytes = field(repr=False)
    field_keys: KeyRing = field(repr=False)
    index_key: bytes = field(repr=False)

    @classmethod
    def in_folder(cls, instance: Path) -> Self:
        """The keys of an instance folder, made when it has none."""
        path = instance / SECRETS_FILE
        if not path.exists():
            if (instance / DATA_MARK).exists():
                raise KeysMissing(file=str(path))
            _write_new_secrets(path)
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                session_key=values["session_key"],
                pepper=bytes.fromhex(values["pepper"]),
                field_keys=KeyRing.read(values),
                index_key=bytes.fromhex(values["index_key"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise KeysUnreadable(file=str(path)) from error


class KeyFile:
    """The ring of field keys as its file has it; other processes may change it at any time."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / SECRETS_FILE
        self._stamp, self._ring = self._read()

    @property
    def current(self) -> KeyRing:
        """The ring by the file as it is now: what closes a value must see a new key at once."""
        try:
            if self._stamp_of() != self._stamp:
                self._stamp, self._ring = self._read()
        except OSError:
            pass  # a disk that fails now takes no value either; what is open stays readable
        return self._ring

    def opening(self, number: int) -> KeyRing:
        """A ring to open a value with: the file is asked only for a number not seen yet."""
        return self._ring if number in self._ring.keys else self.current

    def write(self, ring: KeyRing) -> None:
        """Put a ring in place of the one in the file, whole or not at all."""
        replace_secrets(self.path, {**json.loads(self.path.read_bytes()), **ring.as_values()})

    def _stamp_of(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> tuple[tuple[int, int, int], KeyRing]:
        stamp = self._stamp_of()  # before the text: what changes in between is read again
        return stamp, KeyRing.read(json.loads(self.path.read_bytes()))


def replace_secrets(path: Path, values: Mapping[str, Any]) -> None:
    """Write the file of keys anew for its owner only; a power cut leaves the old or the new one."""
    write_whole(path, json.dumps(values, indent=1).encode())


def _write_new_secrets(path: Path) -> None:
    names = ("session_key", "pepper", "field_key", "index_key")
    keep_secret(path, json.dumps({name: secrets.token_hex(32) for name in names}, indent=1))


def keep_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, unless there is one by now: that one stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: its keys stand
    except FileExistsError:
        pass
    except OSError:
        if not path.exists():
            draft.replace(path)
            settle_folder(path.parent)
            return
    draft.unlink()
    settle_folder(path.parent)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two nodes; sizes in bytes, spans in minutes."""

    instance: Path
    role: NodeRole = NodeRole.PARK
    name: str = "An Ca"
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    http_port: int = 0
    workers: int = 1
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    locale: str = "vi"
    upstream_url: str = ""
    bell_port: int = 0
    ask_minutes: int = 30
    broker_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    log_level: str = "INFO"
    log_json: bool = False
    metrics_token: str = field(default="", repr=False)
    cut_off_minutes: int = 60
    on_time_grace_minutes: int = 0
    late_reminder_minutes: int = 15
    quiet_hours: str = "21:00-04:30"
    small_cell: int = 10
    notice_approval_over: int = 500
    notice_countdown_seconds: int = 60
    feedback_days: int = 3
    session_idle_minutes: int = 15
    session_hours: int = 10
    session_limits: tuple[tuple[str, int, int], ...] = STRICTER
    token_days: int = 90
    backup_at: str = "01:30"
    backups_kept: int = 14
    backup_to: str = ""
    scheduler: bool = False
    command_line: bool = False
    max_body: int = MEBIBYTE
    max_upload: int = 32 * MEBIBYTE
    plain_http: bool = False
    development: bool = False
    # Read by the channels themselves, which know what they need and what would be unsafe.
    channel_settings: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    report_settings: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def _refuse_unsafe_reports(self) -> None:
        values = self.reports
        unknown = _unknown_report_settings(values)
        if unknown:
            raise UnsafeSetting(f"{unknown[0]}: nobody knows this setting")
        if not values:
            return
        url = urlsplit(values.get(f"{REPORT_GROUP}URL", ""))
        local = url.hostname in {"127.0.0.1", "::1", "localhost"}
        if not url.hostname or not (url.scheme == "https" or local or self.plain_http):
            raise UnsafeSetting(f"{REPORT_GROUP}URL: needs an https address")
        by_name = f"{REPORT_GROUP}USER" in values and f"{REPORT_GROUP}PASSWORD" in values
        if f"{REPORT_GROUP}TOKEN" not in values and not by_name:
            raise UnsafeSetting(f"{REPORT_GROUP}TOKEN: give a token, or a user and a password")

    def _refuse_unsafe_backups(self) -> None:
        if not self.backup_to:
            return
        place = Path(self.backup_to)
        if not place.is_absolute():
            raise UnsafeSetting("ANCA_BACKUP_TO: give the whole path of a folder")
        if place.is_relative_to(self.instance):
            raise UnsafeSetting(
                "ANCA_BACKUP_TO: lies in the instance folder; name another disk or a share"
            )

    @property
    def reports(self) -> Mapping[str, str]:
        """The settings of the system that reports go to, by name."""
        return dict(self.report_settings)

    @property
    def channels(self) -> Mapping[str, str]:
        """The settings of message channels by name."""
        return dict(self.channel_settings)

    @property
    def secure(self) -> bool:
        """Whether pages of this node are served over TLS."""
        return bool(self.tls_cert) or self.trusted_proxies > 0

    @property
    def on_sqlite(self) -> bool:
        """Whether the node keeps its data in one SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        """The database file of a node on SQLite."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Settings out of the environment; `anca.env` in the instance folder fills the gaps."""
        given = dict(os.environ if environment is None else environment)
        instance = Path(given.get("ANCA_INSTANCE") or ROOT / "instance").resolve()
        values = {**_env_file(instance / "anca.env"), **given}
        try:
            zone = ZoneInfo(values.get("ANCA_TIMEZONE") or "Asia/Ho_Chi_Minh")
        except ZoneInfoNotFoundError as error:
            raise UnsafeSetting(f"ANCA_TIMEZONE: no time zone is called {error}") from None
        tls_cert, tls_key = _certificate(values, instance)
        role = _one_of(NodeRole, "ANCA_ROLE", values.get("ANCA_ROLE") or "park")
        return cls(
            instance=instance,
            role=role,
            name=values.get("ANCA_NAME") or "An Ca",
            database_url=_database_url(values.get("DATABASE_URL") or "", instance),
            host=values.get("ANCA_HOST") or "127.0.0.1",
            port=_whole("ANCA_PORT", values, 8000),
            http_port=_whole("ANCA_HTTP_PORT", values, 0),
            workers=_whole("ANCA_WORKERS", values, 1),
            timezone=zone,
            locale=values.get("ANCA_LOCALE") or "vi",
            upstream_url=(values.get("ANCA_UPSTREAM_URL") or "").rstrip("/"),
            bell_port=_whole("ANCA_BELL_PORT", values, USUAL_BELL_PORT[role]),
            ask_minutes=_whole("ANCA_ASK_MINUTES", values, 30),
            broker_url=values.get("ANCA_BROKER_URL") or "",
            tls_cert=tls_cert,
            tls_key=tls_key,
            trusted_proxies=_whole("ANCA_TRUSTED_PROXIES", values, 0),
            trusted_hosts=tuple((values.get("ANCA_TRUSTED_HOSTS") or "").split()),
            log_level=values.get("ANCA_LOG_LEVEL") or "INFO",
            log_json=values.get("ANCA_LOG_FORMAT", "") == "json",
            metrics_token=values.get("ANCA_METRICS_TOKEN") or "",
            cut_off_minutes=_whole("ANCA_CUT_OFF_MINUTES", values, 60),
            on_time_grace_minutes=_whole("ANCA_ON_TIME_GRACE_MINUTES", values, 0),
            late_reminder_minutes=_whole("ANCA_LATE_REMINDER_MINUTES", values, 15),
            quiet_hours=values.get("ANCA_QUIET_HOURS") or "21:00-04:30",
            small_cell=_whole("ANCA_SMALL_CELL", values, 10),
            notice_approval_over=_whole("ANCA_NOTICE_APPROVAL_OVER", values, 500),
            notice_countdown_seconds=_whole("ANCA_NOTICE_COUNTDOWN_SECONDS", values, 60),
            feedback_days=_whole("ANCA_FEEDBACK_DAYS", values, 3),
            session_idle_minutes=_within("ANCA_SESSION_IDLE_MINUTES", values, 15, IDLE_MINUTES),
            session_hours=_within("ANCA_SESSION_HOURS", values, 10, LONGEST_HOURS),
            session_limits=_session_limits(values.get("ANCA_SESSION_LIMITS") or ""),
            backup_at=values.get("ANCA_BACKUP_AT") or "01:30",
            backups_kept=_whole("ANCA_BACKUPS_KEPT", values, 14),
            backup_to=values.get("ANCA_BACKUP_TO") or "",
            scheduler=values.get("ANCA_SCHEDULER") == "1",
            command_line=values.get("FLASK_RUN_FROM_CLI") == "true",
            plain_http=values.get("ANCA_PLAIN_HTTP", "") == "1",
            development=values.get("ANCA_DEVELOPMENT", "") == "1",
            channel_settings=tuple(
                (name, value)
                for name, value in sorted(values.items())
                if name.startswith(CHANNEL_GROUPS) and value
            ),
            report_settings=tuple(
                (name, value)
                for name, value in sorted(values.items())
                if name.startswith(REPORT_GROUP) and value
            ),
        )

    def refuse_unsafe(self) -> None:
        """Refuse, naming the setting, what must not run in production."""
        if self.workers > 1 and self.on_sqlite:
            raise UnsafeSetting("ANCA_WORKERS: more than 1 needs PostgreSQL (DATABASE_URL)")
        if bool(self.tls_cert) != bool(self.tls_key):
            raise UnsafeSetting("ANCA_TLS_CERT and ANCA_TLS_KEY: give both or neither")
        for name, value in (("ANCA_TLS_CERT", self.tls_cert), ("ANCA_TLS_KEY", self.tls_key)):
            if value and not Path(value).is_file():
                raise UnsafeSetting(f"{name}: there is no file {value}")
        if self.broker_url:
            raise UnsafeSetting("ANCA_BROKER_URL: this version hands no work to a task queue")
        if self.development:
            raise UnsafeSetting("ANCA_DEVELOPMENT: must not be set on a server people rely on")
        local = self.host in {"127.0.0.1", "::1", "localhost"}
        if not (self.secure or self.plain_http or local):
            raise UnsafeSetting(
                "ANCA_HOST: other machines would reach this node without encryption; "
                "make a certificate (flask --app wsgi tls make), set ANCA_TLS_CERT and "
                "ANCA_TLS_KEY, ANCA_TRUSTED_PROXIES behind a proxy, or ANCA_PLAIN_HTTP=1 if that "
                "is really meant"
            )
        self._refuse_unsafe_reports()
        self._refuse_unsafe_backups()
        if self.http_port and not self.tls_cert:
            raise UnsafeSetting("ANCA_HTTP_PORT: leads to HTTPS, and this node has no certificate")


def _unknown_report_settings(values: Mapping[str, str]) -> list[str]:
    known = {f"{REPORT_GROUP}{name}" for name in ("URL", "TOKEN", "USER", "PASSWORD", "SECONDS")}
    return sorted(set(values) - known)


def _env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, mark, value = line.strip().partition("=")
        if mark and not name.startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    return values


def _certificate(values: Mapping[str, str], instance: Path) -> tuple[str, str]:
    """Files of certificate and key: those that are set, else what the `tls` commands put there."""
    cert, key = values.get("ANCA_TLS_CERT") or "", values.get("ANCA_TLS_KEY") or ""
    own = instance / "tls" / "server.pem"
    return (str(own), str(own)) if not (cert or key) and own.is_file() else (cert, key)


def _database_url(given: str, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'anca.db'}"
    if given.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + given.partition("://")[2]
    if not given.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise UnsafeSetting("DATABASE_URL: only sqlite:/// and postgresql+psycopg:// are known")
    return given


def _within(name: str, values: Mapping[str, str], default: int, bounds: tuple[int, int]) -> int:
    least, most = bounds
    value = _whole(name, values, default)
    if not least <= value <= most:
        raise UnsafeSetting(f"{name}: {value} is not between {least} and {most}")
    return value


def _session_limits(text: str) -> tuple[tuple[str, int, int], ...]:
    """Limits of single roles, "admin=10/8 gate=60/12": minutes left alone, hours in all."""
    name, shape = "ANCA_SESSION_LIMITS", re.compile(r"([a-z_]+)=(\d+)/(\d+)")
    limits = {role: (idle, hours) for role, idle, hours in STRICTER}
    for each in text.split():
        found = shape.fullmatch(each)
        if found is None or found[1] not in SESSION_ROLES:
            roles = ", ".join(SESSION_ROLES)
            raise UnsafeSetting(f"{name}: {each!r} is not role=minutes/hours; roles are {roles}")
        given = {name: found[2]}, {name: found[3]}
        limits[found[1]] = (
            _within(name, given[0], 0, IDLE_MINUTES),
            _within(name, given[1], 0, LONGEST_HOURS),
        )
    return tuple((role, *each) for role, each in limits.items())


def _one_of(kind: type[NodeRole], name: str, value: str) -> NodeRole:
    try:
        return kind(value)
    except ValueError:
        raise UnsafeSetting(f"{name}: {value!r} is none of {', '.join(kind)}") from None


def _whole(name: str, values: Mapping[str, str], default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isdecimal():
        raise UnsafeSetting(f"{name}: {text!r} is not a whole number")
    return int(text)
