"""A note of nobody: kept, answered by code, and linked to nobody by anything that is kept."""

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.extensions import Base
from app.feedback.actions.keeping import stir_notes
from app.feedback.actions.working import answer
from app.feedback.models import Feedback, FeedbackPhoto
from app.kernel.ids import new_id
from app.web import quiet
from tests.conftest import Node, SetClock
from tests.factories.feedback import (
    CODE,
    actor_of,
    anonymous_body,
    camera_picture,
    make_anonymous,
)
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]
PATH = "/api/v1/feedback/anonymous"
# A second that nothing else in the tests has: 17:43 past five in the park.
MARKED = datetime(2026, 11, 23, 22, 17, 43, 987654, tzinfo=UTC)
ADDRESS, AGENT, COOKIE = "203.0.113.77", "MARKED-AGENT", "MARKED-COOKIE"


@pytest.fixture
def roomy(node: Node, cast: Cast, write: Write) -> Cast:
    """The cast in a park where five people are no small company."""
    given = node.app.config["SETTINGS"]
    object.__setattr__(given, "small_cell", 2)
    yield cast
    object.__setattr__(given, "small_cell", 10)


def everything(session: Session) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    session.rollback()
    return {
        table.name: sorted(
            str(tuple(row))
            for row in session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}"')
        )
        for table in Base.metadata.sorted_tables
    }


def test_nothing_that_is_kept_leads_to_who_wrote(
    node: Node,
    roomy: Cast,
    clock: SetClock,
    stranger: FlaskClient,
    session: Session,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hoa = roomy.sao_bac.people["hoa"]
    before = everything(session)
    clock.at = MARKED
    body = anonymous_body(photo=camera_picture())
    stranger.set_cookie("session", COOKIE)
    with caplog.at_level(logging.DEBUG):
        kept = stranger.post(
            PATH,
            json=body,
            headers={"User-Agent": AGENT, **hoa.headers},
            environ_overrides={"REMOTE_ADDR": ADDRESS},
        )
        asked = stranger.post(
            f"{PATH}/answer",
            json={"reply_code": CODE},
            headers={"User-Agent": AGENT, **hoa.headers},
            environ_overrides={"REMOTE_ADDR": ADDRESS},
        )
    assert (kept.status_code, asked.status_code) == (200, 200)
    assert "Set-Cookie" not in kept.headers
    after = everything(session)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"feedback", "feedback_photo"}
    (row,) = after["feedback"]
    names = (hoa.id, hoa.badge, hoa.name, hoa.token, CODE, CODE.replace(" ", ""))
    moment = (":17:43", "987654", new_id(MARKED)[:13], str(int(MARKED.timestamp())))
    for mark in (ADDRESS, AGENT, COOKIE, body["reply_code_hash"], body["text"], *names, *moment):
        assert mark not in row
        assert mark not in caplog.text
    held = session.scalars(select(Feedback)).one()
    assert held.worker_id is None
    assert held.received_at is None
    assert uuid.UUID(held.id).version == 4
    assert held.created_on.isoformat() == "2026-11-24"
    photo = session.scalars(select(FeedbackPhoto)).one()
    assert b"MARKED" not in photo.content
    assert b"Exif" not in photo.content
    if node.kind == "sqlite":
        found = b"".join(path.read_bytes() for path in node.folder.glob("anca.db*"))
        marks = (ADDRESS, AGENT, COOKIE, CODE, body["text"], "MARKED", body["reply_code_hash"])
        assert not [mark for mark in marks if mark.encode() in found]


def test_rows_lie_in_no_order_of_arrival(
    node: Node, cast: Cast, clock: SetClock, write: Write, session: Session
) -> None:
    """SQLite keeps no row number; PostgreSQL's own notes are stirred every night."""
    keys = []
    for n in range(12):
        clock.move(minutes=1)
        keys.append(write(lambda s, n=n: make_anonymous(s, clock.at, code=f"CODE{n}")))
    for key in keys[:4]:
        shown = {"feedback_id": key, "width": 1, "height": 1, "content": b"x"}
        write(lambda s, shown=shown: s.add(FeedbackPhoto(**shown)))
    write(stir_notes)
    connection = session.connection()
    if node.kind == "sqlite":
        with pytest.raises(Exception, match="no such column"):
            connection.execute(text("SELECT rowid FROM feedback"))
        rows = connection.execute(text("SELECT id FROM feedback")).scalars().all()
    else:
        rows = connection.execute(text("SELECT id FROM feedback ORDER BY ctid")).scalars().all()
        writers = connection.execute(text("SELECT DISTINCT xmin::text FROM feedback")).all()
        assert len(writers) == 1
    assert sorted(rows) == sorted(keys)
    assert list(rows) == sorted(rows)


def test_no_access_log_names_such_a_call(in_app: object, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("werkzeug")
    line = '203.0.113.77 - - [24/Nov/2026 05:17:43] "POST %s HTTP/1.1" 200 -'
    with caplog.at_level(logging.INFO, logger="werkzeug"):
        log.info(line, PATH)
        log.info(line, f"{PATH}/answer")
        log.info(line, "/api/v1/me")
    assert [record.getMessage() for record in caplog.records] == [line % "/api/v1/me"]
    assert PATH.startswith(quiet.UNLOGGED)


def test_a_fault_leaves_no_trace_of_the_note(
    stranger: FlaskClient, cast: Cast, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write(lambda s: s.execute(text("ALTER TABLE feedback RENAME TO feedback_gone")))
    answered = stranger.post(PATH, json=anonymous_body())
    write(lambda s: s.execute(text("ALTER TABLE feedback_gone RENAME TO feedback")))
    assert answered.status_code == 503
    assert answered.json["code"] in {"feedback.not_kept", "database.unavailable"}
    assert caplog.text == ""


def test_the_same_note_twice_is_one(stranger: FlaskClient, roomy: Cast, session: Session) -> None:
    body = anonymous_body()
    assert stranger.post(PATH, json=body).status_code == 200
    assert stranger.post(PATH, json=body).status_code == 200
    held = session.scalars(select(Feedback)).one()
    assert (held.level, held.company_id) == ("company", roomy.sao_bac.id)


def test_a_company_of_a_few_is_not_named(
    stranger: FlaskClient, cast: Cast, session: Session
) -> None:
    assert stranger.post(PATH, json=anonymous_body()).status_code == 200
    held = session.scalars(select(Feedback)).one()
    assert (held.level, held.company_id, held.branch_id) == ("park", None, cast.park_id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "0199aabb-0000-7000-8000-000000000000"}, "fields.invalid"),  # a key with a time
        ({"key": ""}, "fields.invalid"),
        ({"text": " "}, "fields.invalid"),
        ({"category": "x"}, "fields.invalid"),
        ({"reply_code_hash": CODE}, "fields.invalid"),
        ({"photo": "data:image/jpeg;base64,AAAA"}, "feedback.not_a_picture"),
        ({"photo": "x" * 20}, "feedback.not_a_picture"),
        ({"photo": 7}, "feedback.not_a_picture"),
    ],
)
def test_a_note_that_is_none_is_refused(
    stranger: FlaskClient, cast: Cast, session: Session, changes: dict[str, Any], code: str
) -> None:
    answered = stranger.post(PATH, json=anonymous_body(**changes))
    assert (answered.status_code, answered.json["code"]) == (422, code)
    assert session.scalars(select(Feedback)).all() == []


def test_a_flood_is_held_up_without_anybody_being_remembered(
    stranger: FlaskClient, cast: Cast
) -> None:
    for _ in range(120):
        assert stranger.post(f"{PATH}/answer", json={"reply_code": "?"}).status_code == 404
    late = stranger.post(
        f"{PATH}/answer",
        json={"reply_code": "?"},
        environ_overrides={"REMOTE_ADDR": "198.51.100.9"},
    )
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    assert stranger.post(PATH, json=anonymous_body()).status_code == 200


def test_the_answer_waits_under_the_code(
    stranger: FlaskClient, cast: Cast, write: Write, clock: SetClock, session: Session
) -> None:
    lam = cast.people["lam"]
    note_id = write(lambda s: make_anonymous(s, clock.at))
    told = stranger.post(f"{PATH}/answer", json={"reply_code": CODE.lower()})
    assert told.json == {"state": "new", "answer": None, "answered_on": None}
    write(
        lambda s: answer(
            s, note_id, "Đã nhắc công ty.", seen=1, actor=actor_of(s, lam), now=clock.at
        )
    )
    told = stranger.post(f"{PATH}/answer", json={"reply_code": "kx7-294-m8q"})
    assert (told.json["state"], told.json["answer"]) == ("answered", "Đã nhắc công ty.")
    assert told.json["answered_on"] == "2026-11-24"
    assert stranger.post(f"{PATH}/answer", json={"reply_code": "KX7"}).status_code == 404
    assert stranger.post(f"{PATH}/answer", json={"reply_code": ""}).status_code == 422
