"""Renewing the key of encrypted fields: nothing is unreadable at any moment."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import begin_second_factor
from app.accounts.queries.second_factor import find_enrolment
from app.extensions import FieldKeyMissing, db, open_text
from app.factory import build_app
from app.settings import KeyFile
from app.upkeep.actions.leases import take_lease
from app.upkeep.gateways.archive import read_secrets
from app.upkeep.gateways.backups import Backups
from app.upkeep.jobs import renewing_keys
from app.upkeep.jobs.renewing_keys import LASTS, LEASE, renew_field_key
from app.upkeep.queries.field_keys import count_by_key, encrypted_columns
from app.upkeep.rules.field_keys import KeysBeingRenewed
from app.workforce.queries.workers import get_worker
from tests.conftest import Node, SetClock
from tests.factories.people import Cast
from tests.features.upkeep.conftest import EmptyNode

Write = Callable[[Callable[[Session], Any]], Any]
PHONE = "0900000118"


class Killed(Exception):  # noqa: N818 - what befalls the process is no error of it
    """The process died here."""


@pytest.fixture
def keys(node: Node, cast: Cast) -> Iterator[KeyFile]:
    """The ring of the node, put back as it was: other tests' rows lie under its first key."""
    file: KeyFile = node.app.extensions["field_keys"]
    before = file.path.read_bytes()
    yield file
    aside = file.path.with_suffix(".put-back")
    aside.write_bytes(before)
    aside.replace(file.path)
    assert file.current.newest == 1


def phone_of_hoa(session: Session, cast: Cast) -> str | None:
    session.rollback()
    session.expire_all()
    return get_worker(session, cast.sao_bac.people["hoa"].id).phone


def test_every_value_comes_under_the_new_key_and_the_old_one_is_gone(
    keys: KeyFile, session: Session, cast: Cast, clock: SetClock, write: Write
) -> None:
    hanh = cast.sao_bac.people["hanh"].id
    seed = write(lambda s: begin_second_factor(s, hanh, now=clock.at))
    before = count_by_key(session)
    old_key = keys.current.keys[1]
    done = renew_field_key(keys, clock.now)
    assert (done.key, done.closed_anew, done.destroyed, done.left) == (2, before[1], (1,), 0)
    session.rollback()
    assert count_by_key(session) == {2: before[1]}
    assert phone_of_hoa(session, cast) == PHONE
    assert find_enrolment(session, hanh)[0] == seed  # type: ignore[index]
    assert old_key.hex() not in keys.path.read_text()
    assert oct(keys.path.stat().st_mode & 0o777) == "0o600"
    again = renew_field_key(keys, clock.now)
    assert (again.key, again.closed_anew, again.destroyed) == (3, before[1], (2,))
    assert phone_of_hoa(session, cast) == PHONE


def test_people_are_still_found_by_number_after_a_renewal(
    keys: KeyFile, session: Session, cast: Cast, clock: SetClock
) -> None:
    asked = text("SELECT phone_index FROM worker WHERE phone_index IS NOT NULL")
    before = session.execute(asked).all()
    renew_field_key(keys, clock.now)
    session.rollback()
    assert session.execute(asked).all() == before


def test_a_renewal_that_is_killed_anywhere_is_taken_up_where_it_was(
    keys: KeyFile,
    session: Session,
    cast: Cast,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(renewing_keys, "AT_ONCE", 1)
    total = count_by_key(session)[1]
    done, runs = 0, 0

    def die(closed: int) -> None:
        raise Killed

    while done < total - 1:
        with pytest.raises(Killed):
            renew_field_key(keys, clock.now, die)
        session.rollback()
        counted = count_by_key(session)
        done, runs = counted[2], runs + 1
        assert sum(counted.values()) == total
        assert keys.current.older == (1,)
        assert phone_of_hoa(session, cast) == PHONE
    last = renew_field_key(keys, clock.now)
    assert (last.key, last.begun_before, last.closed_anew) == (2, True, total - runs)
    session.rollback()
    assert count_by_key(session) == {2: total}


def test_what_is_written_meanwhile_lies_under_the_new_key_and_is_not_overwritten(
    keys: KeyFile, session: Session, cast: Cast, clock: SetClock, write: Write, node: Node
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    server = KeyFile(node.folder)
    real = renewing_keys.put_closed_anew

    def change_first(s: Session, each: Any, values: Any) -> None:
        if each.name == "worker.phone":
            get_worker(s, hoa).phone = "0911222333"
            s.flush()
        real(s, each, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renewing_keys, "put_closed_anew", change_first)
        renew_field_key(keys, clock.now)
    assert phone_of_hoa(session, cast) == "0911222333"
    assert server.current.newest == 2
    assert set(count_by_key(session)) == {2}


def test_a_value_that_cannot_be_opened_keeps_its_key(
    keys: KeyFile, session: Session, cast: Cast, clock: SetClock, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    spoilt = b"\x01" + b"x" * 40
    write(
        lambda s: s.execute(
            text("UPDATE worker SET phone = :spoilt WHERE id = :id"), {"spoilt": spoilt, "id": hoa}
        )
    )
    done = renew_field_key(keys, clock.now)
    assert (done.left, done.destroyed) == (1, ())
    assert keys.current.older == (1,)


def test_two_renewals_do_not_run_beside_each_other(
    keys: KeyFile, cast: Cast, clock: SetClock, write: Write
) -> None:
    write(lambda s: take_lease(s, LEASE, "another", lasts=LASTS, now=clock.at))
    with pytest.raises(KeysBeingRenewed):
        renew_field_key(keys, clock.now)
    assert keys.current.newest == 1
    clock.move(minutes=3)
    assert renew_field_key(keys, clock.now).key == 2


def test_a_backup_of_before_opens_on_a_new_machine_and_on_this_one(
    keys: KeyFile,
    backup: Path,
    source: Backups,
    empty_node: Callable[[], EmptyNode],
    cast: Cast,
    clock: SetClock,
) -> None:
    renew_field_key(keys, clock.now)
    source.verify(backup)
    fresh = empty_node()
    fresh.backups().restore(backup, clock.at, replace=False)
    assert KeyFile(fresh.settings.instance).current.newest == 1
    # The same node later, its first key long destroyed, takes its older data back.
    shutil.copy(keys.path, fresh.settings.instance / "secrets.json")
    fresh.engine.dispose()
    fresh.backups().restore(backup, clock.at, replace=True)
    ring = KeyFile(fresh.settings.instance)
    assert (ring.current.newest, ring.current.older) == (2, (1,))
    restored = build_app(fresh.settings, clock)
    with restored.app_context():
        hoa = get_worker(db.session(), cast.sao_bac.people["hoa"].id)
        assert hoa.phone == PHONE
        done = renew_field_key(restored.extensions["field_keys"], clock.now)
        assert (done.key, done.begun_before, done.destroyed) == (2, True, (1,))
        assert phone_of_hoa(db.session(), cast) == PHONE
        db.session.remove()
        db.engine.dispose()
    restored.extensions["writer"].stop()


def test_a_backup_made_while_the_key_changes_holds_every_key_it_needs(
    keys: KeyFile, source: Backups, tmp_path: Path, cast: Cast, clock: SetClock
) -> None:
    renewed: list[int] = []

    def renew_once(_: float) -> None:
        if not renewed:
            renewed.append(1)
            renew_field_key(keys, clock.now)

    made = source.create(tmp_path / "meanwhile.zip", clock.at, renew_once)
    held = json.loads(read_secrets(made.path))
    assert (held["field_key_number"], list(held["older_field_keys"])) == (2, ["1"])


def test_a_missing_key_is_told_as_such(
    keys: KeyFile, session: Session, cast: Cast, clock: SetClock
) -> None:
    values = json.loads(keys.path.read_bytes())
    done = renew_field_key(keys, clock.now)
    keys.path.write_text(json.dumps(values))
    fresh = KeyFile(keys.path.parent)
    assert fresh.current.newest == 1
    closed = session.execute(text("SELECT phone FROM worker WHERE phone IS NOT NULL")).scalar()
    with pytest.raises(FieldKeyMissing) as told:
        open_text(fresh.opening(done.key), "worker.phone", bytes(closed or b""))
    assert told.value.params == {"number": 2}


def test_the_commands_show_numbers_and_no_key(keys: KeyFile, node: Node, cast: Cast) -> None:
    run = node.app.test_cli_runner().invoke
    secret = keys.current.keys[1].hex()
    shown = run(args=["keys", "show", "--json"])
    rotated = run(args=["keys", "rotate", "--json"])
    told = json.loads(rotated.output)
    assert (told["key"], told["destroyed"], told["left"]) == (2, [1], 0)
    assert json.loads(shown.output)["newest"] == 1
    assert secret not in shown.output + rotated.output
    assert keys.current.keys[2].hex() not in rotated.output


def test_every_encrypted_column_is_bound_to_its_own_name(node: Node) -> None:
    wrong = [each.name for each in encrypted_columns() if each.purpose != each.name]
    assert wrong == []
