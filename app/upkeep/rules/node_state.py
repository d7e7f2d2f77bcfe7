"""What is wrong with a node, as codes; each code's sentence says what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from app.upkeep.rules.certificates import WARNED_BEFORE_END, Certificate, CertificateKind

CHECK = "database_check"  # under this name a process keeps what the last look brought
MEBIBYTE = 1024 * 1024
DISK_LOW = 1024 * MEBIBYTE
DISK_FULL = 200 * MEBIBYTE
LONGEST_WITHOUT_BACKUP = timedelta(days=2)
CLOCK_TOLERANCE = timedelta(minutes=5)
EARLIEST_YEAR = 2026
# So many phones must agree before this node's own clock is doubted. What was kept on a phone for a
# while comes late: only when nothing at all came at once is the clock here ahead.
FEWEST_PHONES = 10
LONGEST_ON_THE_WAY = timedelta(minutes=30)
CLOCK_UNLIKE_PROVINCE = "sync.clock"
SCHEDULER_SILENT = timedelta(minutes=5)
SYNC_SILENT = timedelta(hours=24)
CHECKED_WITHIN = timedelta(days=3)
SAFE_SQLITE = (3, 51, 3)  # sqlite.org, release 3.51.3: the WAL-reset corruption is mended


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """How backups fare in the second place; `code` says why the newest one is not well there."""

    place: str
    sheet: bool
    copied_at: datetime | None
    code: str | None


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What is known of a node; sizes in bytes, `sqlite` None on PostgreSQL."""

    now: datetime
    revision: str | None
    newest_revision: str
    sqlite: tuple[int, ...] | None
    disk_free: int
    last_good_backup_at: datetime | None
    newest_act_at: datetime | None
    first_act_at: datetime | None
    companies_on_proposed_rules: int = 0
    certificate: Certificate | None = None
    # Of the newest answers of a day: how long after it was given by its phone each came in.
    delays: Sequence[timedelta] = ()
    keys_match: bool = True
    damaged: bool = False
    logs_aside: Sequence[str] = ()
    checked: "DatabaseCheck | None" = None
    check_expected: bool = False
    scheduler_until: datetime | None = None
    paused_channels: Sequence[str] = ()
    sync: "SyncFacts | None" = None
    copies: "CopyFacts | None" = None


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """When the database was last looked through, and what was found: nothing when it is sound."""

    at: datetime
    found: str = ""


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """How the exchange with the province stands at a park that is enrolled."""

    last_contact_at: datetime | None
    pending: int
    problem_code: str | None


@dataclass(frozen=True, slots=True)
class NodeProblem:
    """One thing wrong; `grave` when people may lose work or data by it."""

    code: str
    grave: bool
    params: dict[str, Any] = field(default_factory=dict)


def find_problems(facts: NodeFacts) -> list[NodeProblem]:
    """Everything that an administrator should put right, the grave first."""
    found = [
        *_data(facts),
        *_schema(facts),
        *_disk(facts),
        *_clock(facts),
        *_scheduler(facts),
        *_backup(facts),
        *_copies(facts),
        *_checked(facts),
        *_sync(facts),
        *_channels(facts),
        *_sqlite(facts),
        *_certificate(facts),
        *_rules(facts),
    ]
    return sorted(found, key=lambda problem: not problem.grave)


def _data(facts: NodeFacts) -> list[NodeProblem]:
    found = []
    if facts.damaged or (facts.checked is not None and facts.checked.found):
        found.append(NodeProblem("database.damaged", grave=True))
    if not facts.keys_match:
        found.append(NodeProblem("node.keys_changed", grave=True))
    if facts.logs_aside:
        names = {"files": ", ".join(facts.logs_aside)}
        found.append(NodeProblem("node.log_damaged", grave=True, params=names))
    return found


def _schema(facts: NodeFacts) -> list[NodeProblem]:
    if facts.revision == facts.newest_revision:
        return []
    return [NodeProblem("node.schema_old", grave=True)]


def _disk(facts: NodeFacts) -> list[NodeProblem]:
    if facts.disk_free >= DISK_LOW:
        return []
    left = {"mebibytes": facts.disk_free // MEBIBYTE}
    return [NodeProblem("node.disk_low", grave=True, params=left)]


def _clock(facts: NodeFacts) -> list[NodeProblem]:
    behind = facts.newest_act_at is not None and facts.newest_act_at > facts.now + CLOCK_TOLERANCE
    if behind or facts.now.year < EARLIEST_YEAR:
        return [NodeProblem("node.clock_behind", grave=True)]
    if facts.sync is not None and facts.sync.problem_code == CLOCK_UNLIKE_PROVINCE:
        return [NodeProblem("node.clock_unlike_province", grave=True)]
    if len(facts.delays) < FEWEST_PHONES:
        return []
    usual = timedelta(seconds=median(each.total_seconds() for each in facts.delays))
    minutes = {"minutes": abs(int(usual.total_seconds())) // 60}
    if usual < -CLOCK_TOLERANCE:
        return [NodeProblem("node.clock_behind_phones", grave=True, params=minutes)]
    if is_ahead_of_phones(facts.delays):
        return [NodeProblem("node.clock_ahead_of_phones", grave=True, params=minutes)]
    return []


def is_ahead_of_phones(delays: Sequence[timedelta]) -> bool:
    """Whether by this node's clock every one of many answers came long after it was given."""
    return len(delays) >= FEWEST_PHONES and min(delays) > LONGEST_ON_THE_WAY


def _scheduler(facts: NodeFacts) -> list[NodeProblem]:
    until = facts.scheduler_until
    if until is None or facts.now - until <= SCHEDULER_SILENT:
        return []
    minutes = {"minutes": int((facts.now - until).total_seconds()) // 60}
    return [NodeProblem("node.scheduler_stopped", grave=True, params=minutes)]


def _backup(facts: NodeFacts) -> list[NodeProblem]:
    since = facts.last_good_backup_at or facts.first_act_at
    if since is None or facts.now - since <= LONGEST_WITHOUT_BACKUP:
        return []
    days = {"days": (facts.now - since).days}
    code = "node.backup_old" if facts.last_good_backup_at else "node.no_backup"
    return [NodeProblem(code, grave=True, params=days)]


def _checked(facts: NodeFacts) -> list[NodeProblem]:
    if not facts.check_expected:
        return []
    # Before the first look of this run the newest proved backup counts: it was read whole.
    last = facts.checked.at if facts.checked else facts.last_good_backup_at or facts.now
    return (
        [NodeProblem("node.not_checked", grave=False)] if facts.now - last > CHECKED_WITHIN else []
    )


def _sync(facts: NodeFacts) -> list[NodeProblem]:
    if facts.sync is None:
        return []
    waiting = {"entries": facts.sync.pending}
    if facts.sync.problem_code is not None:
        return [NodeProblem("node.sync_held_up", grave=True, params=waiting)]
    last = facts.sync.last_contact_at
    if last is None or facts.now - last <= SYNC_SILENT:
        return []
    hours = {"hours": int((facts.now - last).total_seconds()) // 3600}
    return [NodeProblem("node.sync_behind", grave=False, params=waiting | hours)]


def _channels(facts: NodeFacts) -> list[NodeProblem]:
    return [
        NodeProblem("node.channel_stopped", grave=True, params={"channel": name})
        for name in facts.paused_channels
    ]


def _copies(facts: NodeFacts) -> list[NodeProblem]:
    copies = facts.copies
    if copies is None:
        return []
    if not copies.place:
        return [NodeProblem("node.no_second_place", grave=False)]
    place = {"folder": copies.place}
    if not copies.sheet:
        return [NodeProblem("node.no_sheet", grave=True, params=place)]
    if copies.copied_at and copies.code:
        return [NodeProblem("node.second_place_same_disk", grave=False, params=place)]
    if copies.code:
        return [NodeProblem("node.copy_failed", grave=True, params=place)]
    return []


def _sqlite(facts: NodeFacts) -> list[NodeProblem]:
    if facts.sqlite is None or facts.sqlite >= SAFE_SQLITE:
        return []
    version = {"version": ".".join(map(str, facts.sqlite))}
    return [NodeProblem("node.sqlite_old", grave=False, params=version)]


def _certificate(facts: NodeFacts) -> list[NodeProblem]:
    if facts.certificate is None:
        return []
    left = facts.certificate.ends_at - facts.now
    if left > WARNED_BEFORE_END:
        return []
    if left.total_seconds() <= 0:
        return [NodeProblem("node.certificate_ended", grave=True)]
    ours = facts.certificate.kind is CertificateKind.LOCAL
    code = "node.certificate_ending_local" if ours else "node.certificate_ending_public"
    return [NodeProblem(code, grave=True, params={"days": left.days})]


def _rules(facts: NodeFacts) -> list[NodeProblem]:
    companies = facts.companies_on_proposed_rules
    if not companies:
        return []
    return [NodeProblem("node.rules_proposed", grave=False, params={"companies": companies})]
