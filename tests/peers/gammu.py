"""Gammu's SMSD on its tables: it takes rows out of `outbox`, writes `sentitems` as it documents.

By hand: `python -m tests.peers.gammu gammu.db` makes the tables, prints every SMS that is written
for it and says that it arrived; set ANCA_GSM_DATABASE=sqlite:////path/to/gammu.db.
"""

import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

STATES = (
    "'SendingOK','SendingOKNoReport','SendingError','DeliveryOK','DeliveryFailed',"
    "'DeliveryPending','DeliveryUnknown','Error'"
)
CODINGS = (
    "'Default_No_Compression','Unicode_No_Compression','8bit','Default_Compression',"
    "'Unicode_Compression'"
)


def make_tables(engine: Engine) -> None:
    """The tables of its manual, in the version that is current (18), as far as they matter here."""
    pg = engine.dialect.name == "postgresql"
    serial = "serial PRIMARY KEY" if pg else "INTEGER PRIMARY KEY AUTOINCREMENT"
    yes_no = "boolean" if pg else "TEXT"
    now = "LOCALTIMESTAMP(0)" if pg else "(datetime('now', 'localtime'))"
    moment = "timestamp(0)" if pg else "NUMERIC"
    tables = [
        f"""CREATE TABLE outbox ("ID" {serial}, "InsertIntoDB" {moment} NOT NULL DEFAULT {now},
        "SendingDateTime" {moment} NOT NULL DEFAULT {now}, "SendBefore" time NOT NULL
        DEFAULT '23:59:59', "SendAfter" time NOT NULL DEFAULT '00:00:00', "Text" text,
        "DestinationNumber" varchar(20) NOT NULL DEFAULT '', "Coding" varchar(255) NOT NULL
        DEFAULT 'Default_No_Compression' CHECK ("Coding" IN ({CODINGS})), "UDH" text,
        "Class" integer DEFAULT -1, "TextDecoded" text NOT NULL DEFAULT '',
        "MultiPart" {yes_no} NOT NULL DEFAULT 'false', "RelativeValidity" integer DEFAULT -1,
        "SenderID" varchar(255), "SendingTimeOut" {moment} NOT NULL DEFAULT {now},
        "DeliveryReport" varchar(10) DEFAULT 'default'
        CHECK ("DeliveryReport" IN ('default','yes','no')), "CreatorID" text NOT NULL,
        "Retries" integer DEFAULT 0, "Priority" integer DEFAULT 0)""",
        f"""CREATE TABLE outbox_multipart ("ID" integer, "SequencePosition" integer NOT NULL
        DEFAULT 1, "Text" text, "Coding" varchar(255) NOT NULL CHECK ("Coding" IN ({CODINGS})),
        "UDH" text, "Class" integer DEFAULT -1, "TextDecoded" text,
        PRIMARY KEY ("ID", "SequencePosition"))""",
        f"""CREATE TABLE sentitems ("ID" integer, "SequencePosition" integer NOT NULL DEFAULT 1,
        "SendingDateTime" {moment} NOT NULL DEFAULT {now}, "DestinationNumber" varchar(20) NOT NULL,
        "Coding" varchar(255) NOT NULL, "UDH" text NOT NULL, "TextDecoded" text NOT NULL,
        "SenderID" varchar(255) NOT NULL, "Status" varchar(255) NOT NULL DEFAULT 'SendingOK'
        CHECK ("Status" IN ({STATES})), "StatusError" integer NOT NULL DEFAULT -1,
        "TPMR" integer NOT NULL DEFAULT -1, "CreatorID" text NOT NULL,
        PRIMARY KEY ("ID", "SequencePosition"))""",
        f"""CREATE TABLE phones ("ID" text NOT NULL, "IMEI" varchar(35) PRIMARY KEY,
        "Send" {yes_no} NOT NULL DEFAULT 'no', "Receive" {yes_no} NOT NULL DEFAULT 'no',
        "Client" text NOT NULL)""",
    ]
    with engine.begin() as connection:
        for table in tables:
            connection.execute(text(table))


@dataclass(slots=True)
class Modem:
    """One modem; `sent` are the SMS that a phone would show, parts joined by their headers."""

    url: str
    name: str = "modem1"
    sent: list[dict[str, Any]] = field(default_factory=list)

    def engine(self) -> Engine:
        """A connection of its own, as the daemon has one."""
        return create_engine(self.url, poolclass=NullPool)

    def plug_in(self) -> None:
        """The daemon has found the modem and says so."""
        with self.engine().begin() as tables:
            tables.execute(
                text(
                    'INSERT INTO phones ("ID", "IMEI", "Send", "Receive", "Client") '
                    "VALUES (:name, '35000', 'yes', 'yes', 'Gammu 1.44.0')"
                ),
                {"name": self.name},
            )

    def work(self, status: str = "SendingOK", error: int = -1) -> int:
        """Send what is in the line, most urgent first; returns how many parts went out."""
        done = 0
        with self.engine().begin() as tables:
            waiting = tables.execute(
                text('SELECT * FROM outbox ORDER BY "Priority" DESC, "ID"')
            ).mappings()
            for row in waiting.all():
                done += self._send(tables, dict(row), status, error)
        return done

    def _send(self, tables: Any, row: dict[str, Any], status: str, error: int) -> int:
        parts = [(1, row["UDH"] or "", row["TextDecoded"], row["Coding"])]
        if str(row["MultiPart"]).lower() == "true":
            further = tables.execute(
                text(
                    'SELECT "SequencePosition", "UDH", "TextDecoded", "Coding" '
                    'FROM outbox_multipart WHERE "ID" = :number ORDER BY "SequencePosition"'
                ),
                {"number": row["ID"]},
            )
            parts += [tuple(each) for each in further]
        for place, udh, part, coding in parts:
            room = (160, 153) if coding.startswith("Default") else (70, 67)
            if len(part) > room[bool(udh)]:
                raise AssertionError(f"no network carries a part of {len(part)} signs")
            tables.execute(
                text(
                    'INSERT INTO sentitems ("ID", "SequencePosition", "DestinationNumber", '
                    '"Coding", "UDH", "TextDecoded", "SenderID", "Status", "StatusError", "TPMR", '
                    '"CreatorID") VALUES (:number, :place, :to, :coding, :udh, :part, :name, '
                    ":status, :error, :place, :mark)"
                ),
                {
                    "number": row["ID"],
                    "place": place,
                    "to": row["DestinationNumber"],
                    "coding": coding,
                    "udh": udh,
                    "part": part,
                    "name": self.name,
                    "status": status,
                    "error": error,
                    "mark": row["CreatorID"],
                },
            )
        for name in ("outbox", "outbox_multipart"):
            tables.execute(text(f'DELETE FROM {name} WHERE "ID" = :number'), {"number": row["ID"]})
        self.sent.append(
            {
                "to": row["DestinationNumber"],
                "text": "".join(part for _, _, part, _ in parts),
                "headers": [udh for _, udh, _, _ in parts],
                "report": row["DeliveryReport"],
                "validity": row["RelativeValidity"],
            }
        )
        return len(parts)

    def report(self, status: str, error: int = -1, *, place: int | None = None) -> None:
        """The network says what became of what was sent, or of one part of it."""
        only = ' WHERE "SequencePosition" = :place' if place is not None else ""
        with self.engine().begin() as tables:
            tables.execute(
                text(f'UPDATE sentitems SET "Status" = :status, "StatusError" = :error{only}'),
                {"status": status, "error": error, "place": place},
            )


def main() -> None:
    """Send until interrupted; print each SMS and say that it arrived."""
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "gammu.db").resolve()
    modem = Modem(f"sqlite:///{place}")
    make_tables(modem.engine())
    modem.plug_in()
    sys.stdout.write(f"ANCA_GSM_DATABASE=sqlite:///{place}\n")
    sys.stdout.flush()
    rest = threading.Event()
    while not rest.wait(1):
        if modem.work("DeliveryOK"):
            sys.stdout.write(f"{modem.sent[-1]}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
