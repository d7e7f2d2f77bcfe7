"""Backups made and put back, and the steps of the schema: whole or not at all."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.upkeep.gateways.backups import Backups, backups_of
from app.upkeep.jobs import make_nightly_backup
from app.web import schema
from app.web.transaction import transact
from tests.durability.deeds.answers import make_people
from tests.durability.ground import Deed, Ground, Tell
from tests.durability.reckoning import rows
from tests.factories.people import make_company, make_park

OLD = "0030"


def _peopled(ground: Ground) -> None:
    with ground.park.app_context():
        transact(lambda session: make_people(session, 20))


def _backups(ground: Ground) -> Backups:
    return backups_of(ground.settings, ground.park.extensions["writer"].engine, schema)


def _back_up(ground: Ground, tell: Tell) -> None:
    assert make_nightly_backup(ground.park) is None
    tell({"made": True})


def _every_file_is_whole(ground: Ground, told: list[dict[str, Any]]) -> None:
    """No half file under a final name; what is recorded as good is there and can be restored."""
    backups = _backups(ground)
    found = sorted(backups.folder.glob("*.zip"))
    assert found
    for path in found:
        backups.verify(path)
    good = rows(ground.settings, "SELECT path FROM backup_record WHERE code IS NULL")
    assert len(good) >= len(told)
    assert {row["path"] for row in good} <= {str(path) for path in found}


def _backed_up(ground: Ground) -> None:
    """A backup, and a company that came after it."""
    _peopled(ground)
    path = ground.folder / "kept" / "good.zip"
    _backups(ground).create(path, ground.clock.now())

    def work(session: Session) -> None:
        park = make_park(session, ground.clock.now(), name="KCN thứ hai")
        make_company(session, park, "SAU", "Vào sau", ground.clock.now())

    with ground.park.app_context():
        transact(work)


def _restore(ground: Ground, tell: Tell) -> None:
    ground.close()
    _whole_old_or_new(ground)
    _backups(ground).restore(ground.folder / "kept" / "good.zip", ground.clock.now(), replace=True)
    tell({"restored": True})


def _whole_old_or_new(ground: Ground) -> None:
    """Whenever it is looked at, what was there before is there, under one name or another."""
    found = [_companies(path) for path in ground.settings.instance.glob("anca*.db")]
    assert ["SAOBAC", "SAU"] in found


def _companies(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        asked = "SELECT code FROM branch WHERE kind = 'company' ORDER BY code"
        return [code for (code,) in connection.execute(asked)]


def _restored(ground: Ground, told: list[dict[str, Any]]) -> None:
    assert _companies(ground.settings.sqlite_path) == ["SAOBAC"]
    _whole_old_or_new(ground)


def _of_last_year(ground: Ground) -> None:
    """A database that an older program left."""
    _peopled(ground)
    engine = ground.park.extensions["writer"].engine
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF").close()
        with connection.begin():
            schema.downgrade_on(connection, OLD)
    ground.keep_facts(_counted(ground))


def _counted(ground: Ground) -> dict[str, int]:
    tables = ("worker", "account", "branch", "membership", "pattern_assignment", "audit_entry")
    return {
        name: rows(ground.settings, f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables
    }


def _migrate(ground: Ground, tell: Tell) -> None:
    (row,) = rows(ground.settings, "SELECT version_num FROM alembic_version")
    assert row["version_num"] in {OLD, schema.newest_revision()}, "it stopped half-way"
    schema.upgrade(ground.park.extensions["writer"].engine)
    tell({"upgraded": True})


def _nothing_lost_by_steps(ground: Ground, told: list[dict[str, Any]]) -> None:
    (row,) = rows(ground.settings, "SELECT version_num FROM alembic_version")
    assert row["version_num"] == schema.newest_revision()
    assert _counted(ground) == ground.facts


BACKUP = Deed(_peopled, _back_up, _every_file_is_whole, pause=timedelta(minutes=15))
RESTORE = Deed(_backed_up, _restore, _restored)
MIGRATION = Deed(_of_last_year, _migrate, _nothing_lost_by_steps)
