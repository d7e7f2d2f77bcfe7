"""Two histories of one park, lost machines and worn keys: settled by people on both sides."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from app.kernel.refusals import Refusal
from app.sync.actions.enrolment import Afresh, accept_park, enrol, invite_park
from app.sync.actions.log import append_entry
from app.sync.actions.opening import open_sealed
from app.sync.actions.sending_down import append_down, sealed_for
from app.sync.actions.settling import revoke_park, rotate_keys
from app.sync.gateways.keyring import opened
from app.sync.gateways.signing import new_box_key, new_sign_key, payload_of, public_part
from app.sync.models import Fork, KnownNode, LogEntry, Summary, ThisNode
from app.sync.rules import EnrolmentRequest, NotReadable
from app.web.transaction import transact
from tests.features.sync.conftest import STORY, Centre, HandMade, Park
from tests.features.sync.test_bundles import refused
from tests.features.sync.test_sync_page import said


def restored(park: Park, through: int) -> None:
    """The park's machine is put back from a copy made when its log ended at `through`."""

    def work(session: Session) -> None:
        session.execute(delete(LogEntry).where(LogEntry.seq > through, LogEntry.direction == "up"))
        session.execute(update(ThisNode).values(accepted_through=through))

    park.run(work)


def code_for(centre: Centre, node: str) -> str:
    now = centre.node.clock.at
    return centre.run(lambda s: invite_park(s, "", actor=STORY, now=now, replaces=node))[0]


def enrolled_afresh(park: Park, centre: Centre, code: str, afresh: Afresh) -> str:
    with park.node.app.app_context():
        settings = park.node.app.config["SETTINGS"]
        return enrol(
            transact, park.node.clock, settings, centre.url, code, actor=STORY, afresh=afresh
        )


def numbers(peer: Park | Centre) -> list[int]:
    told = [each for _, kind, each in peer.entries() if kind != "receipt"]
    return [payload_of(each.encode())["body"]["n"] for each in told]


def test_a_fork_is_settled_by_both_sides_and_nothing_of_either_is_lost(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)
    for n in range(4):
        park.note(n)
    park.push()
    restored(park, 2)
    park.note(98)
    park.note(99)
    stopped = park.push().stopped_by
    assert stopped is not None
    assert stopped.code == "sync.fork"
    assert enrolled_afresh(park, centre, code_for(centre, node), Afresh.TAKE_OVER) == node
    assert (park.status().problems, centre.status().problems) == ([], [])
    park.push()
    assert centre.entries() == park.entries()
    assert numbers(park) == [0, 1, 2, 3, 98, 99]
    aside = park.read(lambda s: s.scalars(select(Fork)).all())
    assert [fork.seq for fork in aside] == [3, 4]
    assert all(fork.settled_at for fork in aside)


def test_a_copied_folder_can_sign_no_more_once_the_other_goes_on(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.push()
    copy = park.read(lambda s: s.scalars(select(ThisNode.sign_key)).one())
    enrolled_afresh(park, centre, code_for(centre, node), Afresh.TAKE_OVER)

    def as_copy(session: Session) -> None:
        append_entry(session, "feedback", {"n": 2}, park.node.clock.at)
        session.execute(update(ThisNode).values(sign_key=copy))
        append_entry(session, "feedback", {"n": 3}, park.node.clock.at)

    park.run(as_copy)
    stopped = park.push().stopped_by
    assert stopped is not None
    assert stopped.code == "sync.revoked_key"
    assert [code.code for code in park.status().problems] == ["sync.revoked_key"]
    assert len(centre.entries()) == 2


def test_a_copy_may_begin_as_a_park_of_its_own(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.push()
    park.note(2)
    now = centre.node.clock.at
    code, _ = centre.run(lambda s: invite_park(s, "KCN mới", actor=STORY, now=now))
    other = enrolled_afresh(park, centre, code, Afresh.NEW_IDENTITY)
    assert other != node
    assert park.push().accepted == 1
    assert park.status().accepted_through == 1
    assert centre.run(lambda s: append_down(s, other, "bulletin", {}, now)) == 2
    assert park.pull().accepted == 1


def test_an_empty_machine_goes_on_where_the_lost_one_was(
    park: Park, centre: Centre, hand_made: HandMade
) -> None:
    sent = hand_made.chain(260)
    hand_made.sent_to(centre, sent[:200])
    hand_made.sent_to(centre, sent[200:])
    park.note(7)
    centre.tell(hand_made.node, 1)
    code = code_for(centre, hand_made.node)
    assert enrolled_afresh(park, centre, code, Afresh.TAKE_OVER) == hand_made.node
    assert park.push().accepted == 1
    assert centre.entries() == park.read(lambda s: up_of(s, hand_made.node))
    assert len(centre.entries()) == 261
    assert park.pull().accepted == len(centre.entries("down"))
    assert (
        hand_made.sent_to(centre, hand_made.chain(262)[261:]).json()["code"] == "sync.revoked_key"
    )


def up_of(session: Session, node: str) -> list[tuple[int, str, str]]:
    rows = session.scalars(
        select(LogEntry)
        .where(LogEntry.node == node, LogEntry.direction == "up")
        .order_by(LogEntry.seq)
    )
    return [(row.seq, row.kind, row.compact.decode()) for row in rows]


def test_a_code_is_good_for_its_own_way_only(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    now = centre.node.clock.at
    plain, _ = centre.run(lambda s: invite_park(s, "X", actor=STORY, now=now))
    for code, afresh in (
        (plain, Afresh.TAKE_OVER),
        (code_for(centre, node), Afresh.NEW_IDENTITY),
    ):
        with pytest.raises(Refusal) as raised:
            enrolled_afresh(park, centre, code, afresh)
        assert raised.value.code == "sync.other_code"


def test_a_lost_answer_is_asked_for_again(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    code = code_for(centre, node)
    centre.dies_answering = 1
    with pytest.raises(Refusal):
        enrolled_afresh(park, centre, code, Afresh.TAKE_OVER)
    assert enrolled_afresh(park, centre, code, Afresh.TAKE_OVER) == node
    assert park.push().accepted == 1


def test_summaries_go_on_after_the_revisions_that_were_lost(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)

    def noted(revision: int, through: int) -> None:
        body = {
            "on": "2026-11-24", "shift": "ca1", "revision": revision, "final": True,
            "as_of": "2026-11-24T00:00:00+00:00", "companies": [], "missing": [],
        }  # fmt: skip

        def work(session: Session) -> None:
            seq = append_entry(session, "summary", body, park.node.clock.at)
            row = session.scalars(select(Summary)).first() or Summary(
                id="x", node=node, on=date(2026, 11, 24), shift="ca1", seqs=[]
            )
            row.revision, row.final, row.body = revision, True, body
            row.as_of = row.received_at = row.checked_at = park.node.clock.at
            row.seqs = [*row.seqs[:through], seq]
            session.add(row)

        park.run(work)

    noted(1, 0)
    noted(2, 1)
    park.push()
    restored(park, 1)
    park.node.clock.move(minutes=1)
    noted(2, 1)
    assert park.push().stopped_by is not None
    enrolled_afresh(park, centre, code_for(centre, node), Afresh.TAKE_OVER)
    row = park.read(lambda s: s.scalars(select(Summary)).one())
    assert (row.revision, row.seqs) == (2, [1, 2])
    assert park.entries() == centre.entries()


def test_keys_may_be_replaced_on_both_sides_over_any_road(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    now = park.node.clock.at
    park.note(1)
    sealed = centre.run(lambda s: sealed_for(s, node, {"n": 1}))
    park.run(lambda s: rotate_keys(s, actor=STORY, now=now))
    park.note(2)
    park.export(tmp_path / "late", after=2)
    park.export(tmp_path / "early")
    assert centre.import_(tmp_path / "late").waiting == 1
    assert centre.import_(tmp_path / "early").accepted == 3
    centre.tell(node, 1)
    centre.run(lambda s: rotate_keys(s, actor=STORY, now=now))
    centre.tell(node, 2)
    assert park.pull().accepted == 4
    park.push()
    assert centre.entries() == park.entries()
    assert centre.entries("down") == park.entries("down")
    assert park.run(lambda s: open_sealed(s, sealed, now)) == {"n": 1}
    with pytest.raises(NotReadable):
        centre.run(lambda s: open_sealed(s, sealed, now))


def test_a_replaced_key_signs_nothing_more(centre: Centre, park: Park, tmp_path: Path) -> None:
    park.enrol_at(centre)
    old = park.read(lambda s: s.scalars(select(ThisNode.sign_key)).one())
    park.run(lambda s: rotate_keys(s, actor=STORY, now=park.node.clock.at))
    park.push()

    def as_before(session: Session) -> None:
        session.execute(update(ThisNode).values(sign_key=old))
        append_entry(session, "feedback", {"n": 3}, park.node.clock.at)

    park.run(as_before)
    park.export(tmp_path / "a")
    assert refused(centre, tmp_path / "a") == "sync.revoked_key"


def test_a_revoked_park_is_believed_no_more_on_any_road(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.push()
    park.note(2)
    park.export(tmp_path / "a")
    centre.run(lambda s: revoke_park(s, node, actor=STORY, now=centre.node.clock.at))
    for stopped in (park.push().stopped_by, park.pull().stopped_by):
        assert stopped is not None
        assert stopped.code == "sync.revoked_key"
    assert refused(centre, tmp_path / "a") == "sync.revoked_key"
    assert len(centre.entries()) == 1


def test_a_province_restored_from_an_old_copy_is_noticed_and_settled(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)
    for n in range(3):
        centre.tell(node, n)
    park.pull()
    centre.run(
        lambda s: s.execute(delete(LogEntry).where(LogEntry.direction == "down", LogEntry.seq > 1))
    )
    park.pull()
    assert [each.code for each in park.status().problems] == ["sync.down_fork"]
    centre.tell(node, 8)
    centre.tell(node, 9)
    park.pull()
    assert [each.code for each in park.status().problems] == ["sync.down_fork"]
    park.push()
    assert [each.code for each in centre.status().problems] == ["sync.down_fork"]
    enrolled_afresh(park, centre, code_for(centre, node), Afresh.TAKE_OVER)
    park.pull()
    assert (park.status().problems, centre.status().problems) == ([], [])
    assert park.entries("down") == centre.entries("down")
    park.push()
    assert park.entries() == centre.entries()


def test_a_park_without_any_network_enrols_and_is_replaced_by_files(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    centre.down()
    request, answer = str(tmp_path / "request"), str(tmp_path / "answer")
    asked = said(park, "sync", "request", request)
    taken = said(centre, "sync", "accept", request, "--out", answer)
    assert taken["key"] == asked["key"]
    enrolled = said(park, "sync", "enrol", "--file", answer)
    assert enrolled["province_key"] == taken["province_key"]
    assert said(park, "sync", "status")["enrolled"]
    refusal = park.cli("sync", "push", "--json")
    assert refusal.exit_code in {0, 1}
    for n in range(3):
        park.note(n)
    said(park, "sync", "export", str(tmp_path / "a"))
    assert said(centre, "sync", "import", str(tmp_path / "a"))["accepted"] == 3
    restored(park, 1)
    park.note(9)
    said(park, "sync", "request", request, "--take-over")
    said(centre, "sync", "accept", request, "--out", answer, "--replaces", taken["node"])
    assert said(park, "sync", "enrol", "--file", answer)["node"] == taken["node"]
    shutil.rmtree(tmp_path / "a")
    said(park, "sync", "export", str(tmp_path / "a"))
    assert said(centre, "sync", "import", str(tmp_path / "a"))["accepted"] == 1
    assert numbers(centre) == [0, 1, 2, 9]
    assert centre.entries() == park.entries()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"node": 7, "province_keys": {}}', "\x00"])
def test_a_file_of_another_kind_enrols_nobody(park: Park, tmp_path: Path, text: str) -> None:
    (tmp_path / "answer").write_text(text)
    answer = park.cli("sync", "enrol", "--file", str(tmp_path / "answer"), "--json")
    assert answer.exit_code == 1, answer.output


def test_who_is_revoked_while_his_signatures_are_looked_at_is_not_believed(
    centre: Centre, hand_made: HandMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    def then_revoked(*given: Any) -> Any:
        found = opened(*given)
        if not centre.read(lambda s: s.scalars(select(KnownNode.revoked_at)).one()):
            now = centre.node.clock.at
            centre.run(lambda s: revoke_park(s, hand_made.node, actor=STORY, now=now))
        return found

    monkeypatch.setattr("app.sync.views.province.opened", then_revoked)
    answer = hand_made.sent_to(centre, hand_made.chain(13))
    assert answer.json()["code"] == "sync.revoked_key"
    assert centre.entries() == []


@pytest.mark.parametrize("writes", ["tell", "rotate", "take_over", "bundle"])
def test_parks_are_held_before_this_node_whoever_writes(
    database: str, park: Park, centre: Centre, tmp_path: Path, writes: str
) -> None:
    """Held in one order, two never wait for each other."""
    if database == "sqlite":
        pytest.skip("one writer at a time")
    node, now = park.enrol_at(centre), centre.node.clock.at
    code, _ = centre.run(lambda s: invite_park(s, "", actor=STORY, now=now, replaces=node))
    park.note(1)
    park.export(tmp_path / "a.zip")
    key, box_key = public_part(new_sign_key()), public_part(new_box_key())
    asked = EnrolmentRequest(code, "", key, box_key, None, take_over=True)
    held: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        for table in ("known_node", "this_node"):
            if f"FROM {table}" in statement and "SELECT" in statement:
                held.append(table)

    engine = centre.run(lambda s: s.get_bind())
    event.listen(engine, "before_cursor_execute", note)
    try:
        if writes == "tell":
            centre.tell(node, 1)
        elif writes == "rotate":
            centre.run(lambda s: rotate_keys(s, actor=STORY, now=now))
        elif writes == "take_over":
            centre.run(lambda s: accept_park(s, asked, now=now))
        else:
            centre.import_(tmp_path / "a.zip")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert held[0] == "known_node"
    assert "this_node" in held
