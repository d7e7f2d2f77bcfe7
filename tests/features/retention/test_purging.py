"""What is due goes, what is needed stays, figures stand; cut off anywhere, a purge goes on."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.audit.models import AuditEntry
from app.cases.models import FollowUpCase
from app.checkins.models import CheckIn, Duty, HealthState, ShiftCount, SymptomCount
from app.extensions import Base, db
from app.gate.models import GatePass
from app.kernel.ids import new_id
from app.outbox.models import Command
from app.retention.actions.records import set_days
from app.retention.actions.runs import Purge, begin_purge, finish_purge
from app.retention.jobs import purge_when_due
from app.retention.models import PurgeRun
from app.retention.queries.trial import count_all_due
from app.retention.rules.periods import PurgeRunning
from app.web.transaction import transact
from app.workforce.models import RosterImport, StagedRow, StagedSheet
from tests.conftest import Node, SetClock
from tests.factories.cases import FEVER, WELL, answer
from tests.factories.feedback import make_anonymous
from tests.factories.people import STORY, Cast

Write = Callable[..., Any]


def purge_of(app: Flask, commit: Callable[..., Any] = transact) -> Purge:
    return Purge(commit, db.session, app.extensions["clock"], app.config["SETTINGS"], STORY)


def purged(app: Flask) -> dict[str, int]:
    return finish_purge(begin_purge(purge_of(app)))


def rows(session: Session) -> dict[str, int]:
    """How many rows stand in each table."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def figures(session: Session) -> list[Any]:
    session.rollback()
    counts = session.execute(select(ShiftCount.__table__).order_by(ShiftCount.branch_id)).all()
    symptoms = session.execute(select(SymptomCount.__table__).order_by(SymptomCount.symptom)).all()
    return [tuple(row) for row in (*counts, *symptoms)]


@pytest.fixture
def an_old_day(cast: Cast, clock: SetClock, write: Write) -> date:
    """A morning long ago: Hoa well, twice, Mến with a fever, a note of nobody."""
    people = cast.sao_bac.people

    def work(session: Session) -> None:
        answer(session, people["hoa"], WELL, clock.at)
        answer(session, people["hoa"], {**WELL, "temperature_c": 36.6}, clock.at)
        answer(session, people["men"], FEVER, clock.at)
        session.add(
            Command(
                key=new_id(clock.at),
                account_id=people["hoa"].id,
                kind="check_in",
                digest="0" * 64,
                outcome="applied",
                result={"level": "green"},
                received_at=clock.at,
            )
        )
        make_anonymous(session, clock.at)

    write(work)
    return date(2026, 11, 24)


def test_answers_go_after_their_days_and_figures_stay(
    in_app: Flask, an_old_day: date, clock: SetClock, session: Session, cast: Cast
) -> None:
    before = figures(session)
    assert before
    clock.move(days=42)
    assert purged(in_app)["command"] == 1  # its answer; its key stays, so that none is done twice
    assert rows(session)["check_in"] == 3  # 42 days are kept whole
    clock.move(days=1)
    trial = count_all_due(session, clock.at, in_app.config["SETTINGS"].timezone)
    told = purged(in_app)
    assert told["check_in"] == trial.rows["check_in"] == 2
    assert figures(session) == before
    assert session.scalar(select(Command.result)) == {}
    # The fever still stands and its case is open: what it rests on stays, for Mến alone.
    kept = session.scalars(select(CheckIn)).one()
    assert kept.worker_id == cast.sao_bac.people["men"].id
    assert session.get_one(HealthState, kept.worker_id).check_in_id == kept.id
    of_that_day = select(Duty.worker_id, Duty.level).where(Duty.shift_on == an_old_day)
    duties = session.execute(of_that_day).all()
    assert [tuple(duty) for duty in duties] == [(kept.worker_id, "red")]
    assert purged(in_app) == {}


def test_a_closed_case_goes_with_all_that_belongs_to_it(
    in_app: Flask, an_old_day: date, clock: SetClock, session: Session, write: Write
) -> None:
    def close(session: Session) -> None:
        case = session.scalars(select(FollowUpCase)).one()
        case.state, case.closed_at = "closed", clock.at
        session.query(HealthState).delete()

    write(close)
    clock.move(days=180)
    purged(in_app)
    assert rows(session)["follow_up_case"] == 1
    clock.move(days=1)
    told = purged(in_app)
    assert told["follow_up_case"] == 1
    after = rows(session)
    assert after["case_task"] == after["case_entry"] == after["follow_up_day"] == 0


def test_no_write_takes_more_than_a_few_rows_however_long_the_lists_were(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    def work(session: Session) -> None:
        for many in (700, 150, 150, 3):
            key = new_id(clock.at)
            at = {"created_at": clock.at, "touched_at": clock.at, "finished_at": clock.at}
            session.add(
                RosterImport(
                    id=key, company_id=cast.sao_bac.id, file_name="a.xlsx", state="applied", **at
                )
            )
            session.flush()
            session.add(StagedSheet(import_id=key, part=0, content="MARKED"))
            session.add_all(
                StagedRow(import_id=key, row=n, outcome="added", values="MARKED")
                for n in range(many)
            )

    write(work)
    clock.move(days=92)
    written = []

    def commit(work: Any) -> Any:
        done = transact(work)
        if isinstance(done, dict):
            written.append(sum(done.values()))
        return done

    told = finish_purge(begin_purge(purge_of(in_app, commit)))
    assert (told["roster_import"], told["staged_sheet"], told["staged_row"]) == (4, 4, 1003)
    assert max(written) <= 300
    assert rows(session)["staged_row"] == 0


def test_a_purge_that_is_cut_off_anywhere_goes_on(
    in_app: Flask, an_old_day: date, clock: SetClock, session: Session
) -> None:
    clock.move(days=500)
    whole = rows(session)
    allowed = 0
    while True:
        left = [allowed]

        def commit(work: Any, left: list[int] = left) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return transact(work)

        try:
            finish_purge(begin_purge(purge_of(in_app, commit)))
            break
        except KeyboardInterrupt:
            allowed += 2
            clock.move(minutes=11)  # the lease of whoever was killed runs out
            with in_app.app_context():
                assert session.execute(text("SELECT 1")).scalar() == 1
    assert allowed > 8
    after = rows(session)
    # What an open case holds: Mến's answer, its pass and duty; nobody else's.
    assert (whole["check_in"], after["check_in"], after["command"]) == (3, 1, 0)
    finished = session.scalars(select(PurgeRun).where(PurgeRun.finished_at.is_not(None))).all()
    assert len(finished) in {1, 2}  # two, when the kill fell between the end and the lease
    assert purged(in_app) == {}


def test_a_clock_that_was_ahead_and_was_set_right_brings_one_purge_a_night(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session
) -> None:
    def runs() -> int:
        session.rollback()
        return session.query(PurgeRun).count()

    clock.move(days=30)
    purge_when_due()
    clock.move(days=-30)
    purge_when_due()
    assert runs() == 2  # whether this night's was done nobody knows
    clock.move(minutes=20)
    purge_when_due()
    assert runs() == 2
    clock.move(days=1)
    purge_when_due()
    assert runs() == 3


def test_two_purges_do_not_run_at_once(in_app: Flask, cast: Cast) -> None:
    first = begin_purge(purge_of(in_app))
    with pytest.raises(PurgeRunning):
        begin_purge(purge_of(in_app))
    finish_purge(first)
    finish_purge(begin_purge(purge_of(in_app)))


def test_days_of_the_node_count(
    in_app: Flask, an_old_day: date, clock: SetClock, session: Session, write: Write
) -> None:
    write(lambda s: set_days(s, "answers", 14, actor=STORY, now=clock.at))
    clock.move(days=29)
    assert purged(in_app)["check_in"] == 2
    assert session.scalar(select(func.count()).select_from(GatePass)) is not None


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("forced", [False, True])
def test_the_command_counts_and_removes(
    forced: bool, in_app: Flask, an_old_day: date, clock: SetClock, node: Node, write: Write
) -> None:
    clock.move(days=43)

    def run(*words: str, code: int = 0) -> dict[str, Any]:
        with in_app.app_context():
            done = in_app.test_cli_runner().invoke(args=["purge", *words, "--json"])
        assert done.exit_code == code, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    trial = run("--dry-run")
    assert (trial["dry_run"], trial["rows"]["check_in"]) == (True, 2)
    assert run(code=1)["code"] == "retention.clock_unsteady"
    if forced:
        done = run("--force")
    else:
        write(lambda s: record_act(s, "x.y", actor=STORY, now=clock.at - timedelta(days=2)))
        done = run()
    assert (done["dry_run"], done["rows"]["check_in"], done["people"]) == (False, 2, 0)
    assert run("--dry-run")["total"] == 0


def test_the_log_loses_only_what_is_older_than_a_year(
    in_app: Flask, cast: Cast, clock: SetClock, session: Session
) -> None:
    """The database itself refuses the rest, whoever asks."""
    writer = in_app.extensions["writer"].engine

    def tried(statement: str) -> bool:
        try:
            with writer.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError as error:
            return "append-only" not in str(error)
        return True

    assert not tried("DELETE FROM audit_entry")
    assert not tried("UPDATE audit_entry SET actor_name = ''")
    old = "2020-01-02 00:00:00.000000"
    with writer.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (id, at, actor_name, actor_roles, act, details) "
                f"VALUES ('{new_id(clock.at)}', '{old}', 'A', '', 'test.done', '{{}}')"
            )
        )
    assert purged(in_app)["audit_entry"] == 1
    session.rollback()
    assert session.scalar(select(func.min(AuditEntry.at))) > clock.at - timedelta(days=1)
