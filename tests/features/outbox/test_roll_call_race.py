"""A roll call and people's own answers at the same moment: figures stay those of the people."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import Duty
from app.checkins.queries.duties import list_shift_counts
from app.checkins.rules import Counts, DutyMark, DutyState, Level, tally
from app.kernel.ids import new_id
from app.workforce.models import Worker
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person, make_worker
from tests.factories.roll_calls import ON, gather_line

PEOPLE = 24
Write = Callable[[Callable[[Session], Any]], Any]


def test_own_answers_and_absences_at_once_are_counted_once_each(
    node: Node, cast: Cast, write: Write, clock: SetClock, session: Session
) -> None:
    line_id = cast.sao_bac.lines["Chuyền 3"]

    def hire(session: Session) -> tuple[str, list[Person]]:

        line = session.get_one(Branch, line_id)
        people = [
            make_worker(session, line, f"SB-4{number:03}", "Lê Văn Tám", clock.at, pin=None)
            for number in range(PEOPLE)
        ]
        return gather_line(session, line_id, clock.at), people

    group, people = write(hire)
    shift = {"shift_on": ON.isoformat(), "shift": "ca1"}
    made_at = clock.at.isoformat()

    def send(person: Person, kind: str, body: dict[str, Any], go: threading.Barrier) -> None:
        command = {"key": new_id(clock.at), "kind": kind, "made_at": made_at, "body": shift | body}
        go.wait()
        answer = node.app.test_client().post(
            "/api/v1/commands", json={"commands": [command]}, headers=person.headers
        )
        outcomes.append(answer.json["results"][0]["outcome"])

    outcomes: list[str] = []
    for start in range(0, PEOPLE, 4):
        together = people[start : start + 4]
        go = threading.Barrier(len(together) + 1)
        absent = [{"badge": each.badge, "state": "absent"} for each in together]
        answers = {"answers": {"symptoms": [], "exposures": {}}, "rules": ""}
        threads = [
            threading.Thread(target=send, args=(each, "check_in", answers, go)) for each in together
        ]
        roll = {"group": group, "well": [], "except": absent}
        threads.append(
            threading.Thread(
                target=send, args=(cast.sao_bac.people["nhung"], "roll_call", roll, go)
            )
        )
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(outcomes) == {"applied"}
    session.rollback()
    fresh = Counts()
    names = {each.id for each in people}
    duties = session.scalars(
        select(Duty).join(Worker, Worker.id == Duty.worker_id).where(Duty.shift_on == ON)
    ).all()
    for duty in duties:
        if duty.branch_id == line_id:
            level = Level(duty.level) if duty.level else None
            fresh += tally(DutyMark(DutyState(duty.state), level, duty.on_time))
    assert list_shift_counts(session, [line_id], ON)["ca1"] == fresh
    assert {duty.state for duty in duties if duty.worker_id in names} == {"answered"}
