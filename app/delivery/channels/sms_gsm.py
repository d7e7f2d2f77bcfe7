"""SMS over a GSM modem: the tables of gammu's SMSD, in a database beside this node's own.

By docs.gammu.org, "SMS Daemon, SQL Service": what is to be sent is a row of `outbox` (further parts
in `outbox_multipart`); what was tried stands in `sentitems`, one row a part, under the same ID.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, create_engine, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from app.delivery.channels.given import Given, refuse_unknown
from app.delivery.channels.pace import Pace
from app.delivery.channels.ready import no_phone, ready_sms
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Health,
    Lane,
    Outbound,
    OutsideHours,
    Report,
    ReportKind,
    Status,
    Temporary,
)
from app.delivery.rules.codes import N_, CodeTable, Outcome, ProviderCode
from app.delivery.rules.modem import outcome_of, validity
from app.delivery.rules.sms import SmsAlphabet, split_sms
from app.kernel.ids import is_id

PREFIX = "ANCA_GSM_"
KNOWN = frozenset({"DATABASE", "SENDER", "ACCENTS", "MAX_PARTS", "PER_MINUTE", "LANES"})
SECONDS = 5
CODING = {
    SmsAlphabet.GSM7: "Default_No_Compression",
    SmsAlphabet.UCS2: "Unicode_No_Compression",
}
MINE = "anca/"
LATE, STOPPED = "late", "stopped"
PRIORITY = {Lane.URGENT: 100, Lane.NORMAL: 0, Lane.BULK: -100}
UNCONFIRMED = (N_("Một modem gửi được khoảng 6 đến 10 tin mỗi phút (PER_MINUTE)."),)


def _code(code: str, outcome: Outcome, words: str, meaning: str) -> ProviderCode:
    return ProviderCode("sms_gsm", "database", code, outcome, words, meaning)


CODES = CodeTable(
    "sms_gsm",
    [
        _code(
            "no_database",
            Outcome.CONFIG,
            N_("Không mở được cơ sở dữ liệu của gammu (DATABASE)."),
            "database missing or refused",
        ),
        _code(
            "no_tables",
            Outcome.CONFIG,
            N_("Cơ sở dữ liệu không có các bảng của gammu-smsd."),
            "tables of gammu-smsd missing",
        ),
        _code(
            "busy",
            Outcome.TEMPORARY,
            N_("Cơ sở dữ liệu của gammu đang bận, sẽ thử lại."),
            "database locked or away",
        ),
        _code(
            "no_modem",
            Outcome.CONFIG,
            N_("gammu-smsd chưa chạy hoặc chưa thấy modem."),
            "no phone of gammu-smsd",
        ),
    ],
)


@dataclass(frozen=True, slots=True)
class GsmGroup:
    """Where gammu's tables are; `sender` names the modem when there are several."""

    database: str = field(repr=False)
    sender: str = ""
    accents: bool = False
    max_parts: int = 3
    per_minute: int = 6
    lanes: tuple[Lane, ...] = (Lane.URGENT,)


def read_gsm(values: Mapping[str, str]) -> GsmGroup | None:
    """The group of settings of the modem; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    database = given.needed("DATABASE", "the modem needs the database of gammu-smsd")
    if database.startswith("postgresql://"):
        database = database.replace("postgresql://", "postgresql+psycopg://", 1)
    if not database.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise given.unsafe("DATABASE", "only sqlite:/// and postgresql:// are known")
    return GsmGroup(
        database,
        given.text("SENDER"),
        given.yes("ACCENTS"),
        given.whole("MAX_PARTS", 3, most=10),
        given.whole("PER_MINUTE", 6, most=600),
        given.lanes("urgent"),
    )


class SmsGsm:
    """One SMS is one entry for gammu; what became of it is read, for gammu calls nobody."""

    name = ChannelName.SMS_GSM
    needs_internet = False
    has_receipts = True
    can_be_asked = True
    at_once = 1
    silence_after = timedelta(hours=24)

    def __init__(self, group: GsmGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.max_per_minute = group.per_minute
        self.pace = Pace(group.per_minute)
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def health(self) -> Health:
        """Whether gammu's tables are there and a phone that may send is known to it."""
        try:
            with self._tables() as tables:
                seen = tables.execute(
                    text('SELECT COUNT(*) FROM phones WHERE CAST("Send" AS TEXT) = :yes'),
                    {"yes": "yes" if self._is_file else "true"},
                ).scalar()
        except ChannelError as problem:
            return Health(ok=False, why=problem.code)
        return Health(ok=True) if seen else Health(ok=False, why="no_modem")

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no phone number of Vietnam reaches nobody."""
        return no_phone(out.address)

    def send(self, out: Outbound) -> Accepted:
        """Write one SMS down for gammu; one that stands there already is not written twice."""
        ready = ready_sms(out, accents=self.group.accents, max_parts=self.group.max_parts)
        parts = split_sms(ready.made.text)
        now = self.now()
        ends = int(out.expires_at.timestamp()) if out.expires_at is not None else 0
        mark = f"{MINE}{out.delivery_id}/{ends}"
        with self._tables() as tables:
            number = _known(tables, out.delivery_id)
            if number is None:
                number = self._write(tables, f"+{ready.number}", parts, ready.made, mark, out, now)
        return Accepted((str(number),), parts=len(parts))

    def close(self) -> None:
        """Let the database go."""
        if self._engine is not None:
            self._engine.dispose()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Gammu calls nobody."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What gammu wrote of earlier messages, by its number or, unanswered for, by ours."""
        asked = list(external_ids)
        with self._tables() as tables:
            by_number = {each: each for each in asked if each.isdecimal()}
            for each in asked:
                found = _known(tables, each) if is_id(each) else None
                if found is not None:
                    by_number[str(found)] = each
            tried = _tried(tables, list(by_number))
        for number, parts in tried.items():
            told = outcome_of(parts)
            if told is None:
                continue
            status, code = told
            name = by_number[number]
            event = sha256(f"{number}|{status}|{code}".encode()).hexdigest()
            yield Report(
                ReportKind.STATUS, event, self.now(), status, external_id=name, code=code[:40]
            )

    def drop_late(self, stopped: Collection[str] = ()) -> Iterable[Report]:
        """Take out of the line what holds no more: a modem that was away must not send it late.

        `stopped`: deliveries whose message was stopped or taken back since they were handed over.
        """
        now = self.now()
        waiting = text('SELECT "ID", "CreatorID" FROM outbox WHERE "CreatorID" LIKE :mine')
        late, why = {}, {}
        with self._tables() as tables:
            for number, mark in tables.execute(waiting, {"mine": f"{MINE}%"}).all():
                delivery_id, _, ends = mark.removeprefix(MINE).partition("/")
                is_late = ends.isdecimal() and 0 < int(ends) <= now.timestamp()
                if is_late or delivery_id in stopped:
                    late[number] = delivery_id
                    why[delivery_id] = LATE if is_late else STOPPED
            for name in ("outbox_multipart", "outbox"):
                for number in late:
                    gone = text(f'DELETE FROM {name} WHERE "ID" = :number')  # noqa: S608
                    tables.execute(gone, {"number": number})
        for delivery_id in late.values():
            yield Report(
                ReportKind.STATUS,
                sha256(f"{why[delivery_id]}|{delivery_id}".encode()).hexdigest(),
                now,
                Status.TEMPORARY_FAILURE,
                delivery_id,
                code=why[delivery_id],
            )

    @property
    def _is_file(self) -> bool:
        return self.group.database.startswith("sqlite")

    def _write(
        self,
        tables: Connection,
        number: str,
        parts: Sequence[str],
        made: Any,
        mark: str,
        out: Outbound,
        now: datetime,
    ) -> int:
        coding = CODING[made.size.alphabet]
        head = f"050003{secrets.randbelow(256):02X}{len(parts):02X}" if len(parts) > 1 else ""
        written: dict[str, Any] = {
            "DestinationNumber": number,
            "TextDecoded": parts[0],
            "Coding": coding,
            "UDH": f"{head}01" if head else "",
            "MultiPart": "true" if head else "false",
            "CreatorID": mark,
            "DeliveryReport": "yes",
            "Priority": PRIORITY[out.lane],
            "RelativeValidity": validity(out.expires_at, now),
        }
        if self.group.sender:
            written["SenderID"] = self.group.sender
        names = ", ".join(f'"{name}"' for name in written)
        values = ", ".join(f":{name}" for name in written)
        found = tables.execute(
            text(f'INSERT INTO outbox ({names}) VALUES ({values}) RETURNING "ID"'),  # noqa: S608
            written,
        ).scalar_one()
        for place, part in enumerate(parts[1:], 2):
            tables.execute(
                text(
                    'INSERT INTO outbox_multipart ("ID", "SequencePosition", "UDH", "TextDecoded", '
                    '"Coding") VALUES (:number, :place, :udh, :part, :coding)'
                ),
                {
                    "number": found,
                    "place": place,
                    "udh": f"{head}{place:02X}",
                    "part": part,
                    "coding": coding,
                },
            )
        return int(found)

    def _tables(self) -> "_Tables":
        return _Tables(self._open())

    def _open(self) -> Engine:
        url = self.group.database
        with self._lock:
            if self._engine is not None:
                return self._engine
            if self._is_file and not Path(url.removeprefix("sqlite:///")).is_file():
                raise ConfigProblem("no_database")
            waits = {"timeout": SECONDS} if self._is_file else {"connect_timeout": SECONDS}
            try:
                self._engine = create_engine(url, poolclass=NullPool, connect_args=waits)
            except (NoSuchModuleError, ValueError):
                raise ConfigProblem("no_database") from None
            return self._engine


class _Tables:
    """One transaction on gammu's tables; what goes wrong with it has the class of its remedy."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.begun: Any = None

    def __enter__(self) -> Connection:
        self.begun = self.engine.begin()
        try:
            entered: Connection = self.begun.__enter__()
        except DBAPIError as problem:
            raise _fault(problem) from None
        return entered

    def __exit__(self, kind: Any, problem: Any, trace: Any) -> None:
        try:
            self.begun.__exit__(kind, problem, trace)
        except DBAPIError as late:
            # Asked again by its own mark it is not written twice: no answer is no harm.
            raise _fault(late) from None
        if isinstance(problem, DBAPIError):
            raise _fault(problem) from None


def _fault(problem: DBAPIError) -> ChannelError:
    told = str(problem.orig).lower()
    if "no such table" in told or "does not exist" in told or "no such column" in told:
        return ConfigProblem("no_database" if "database" in told else "no_tables")
    if "password" in told or "not a database" in told or "unable to open" in told:
        return ConfigProblem("no_database")
    if isinstance(problem, OperationalError):
        return Temporary("busy")
    return ConfigProblem("no_tables", type(problem.orig).__name__)


def _known(tables: Connection, delivery_id: str) -> int | None:
    """The number under which a message of ours stands already."""
    found = tables.execute(
        text(
            'SELECT "ID" FROM outbox WHERE "CreatorID" LIKE :mark '
            'UNION SELECT "ID" FROM sentitems WHERE "CreatorID" LIKE :mark'
        ),
        {"mark": f"{MINE}{delivery_id}/%"},
    ).scalar()
    return None if found is None else int(found)


def _tried(tables: Connection, numbers: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """What was written of each part, by number; nothing of what still waits in `outbox`."""
    if not numbers:
        return {}
    wanted = [int(each) for each in numbers]
    waiting = set(
        tables.execute(
            text('SELECT "ID" FROM outbox WHERE "ID" IN :wanted').bindparams(
                bindparam("wanted", expanding=True)
            ),
            {"wanted": wanted},
        ).scalars()
    )
    rows = tables.execute(
        text(
            'SELECT "ID", CAST("Status" AS TEXT), "StatusError" FROM sentitems '
            'WHERE "ID" IN :wanted ORDER BY "ID", "SequencePosition"'
        ).bindparams(bindparam("wanted", expanding=True)),
        {"wanted": wanted},
    ).all()
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, status, error in rows:
        if number not in waiting:
            found[str(number)].append((status, -1 if error is None else int(error)))
    return found
