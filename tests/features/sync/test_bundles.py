"""The logs on a stick: both ways, in any order, and whatever happened to the stick."""

import json
import zipfile
from base64 import b64encode
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.kernel.refusals import Refusal
from app.sync.actions.log import append_entry
from app.sync.gateways.signing import sign
from app.sync.models import ThisNode
from app.sync.rules import Head, entry_payload
from app.sync.rules.bundles import ENTRIES, MANIFEST
from tests.features.sync.conftest import Centre, HandMade, Park
from tests.features.sync.test_sync_page import said


def refused(park: Park | Centre, path: Path) -> str:
    with pytest.raises(Refusal) as raised:
        park.import_(path)
    return raised.value.code


def made_by_hand(folder: Path, entries: list[str]) -> Path:
    folder.mkdir()
    (folder / MANIFEST).write_text("{}")
    (folder / ENTRIES).write_text("".join(f"{json.dumps(each)}\n" for each in entries))
    return folder


@pytest.mark.parametrize("name", ["stick", "stick.zip"])
def test_both_logs_travel_on_a_stick_and_receipts_come_back(
    park: Park, centre: Centre, tmp_path: Path, name: str
) -> None:
    node = park.enrol_at(centre)
    centre.down()
    for n in range(5):
        park.note(n)
    centre.tell(node, 1)
    assert park.export(tmp_path / name).entries == 5
    assert park.status().accepted_through == 0
    came = centre.import_(tmp_path / name)
    assert (came.read, came.accepted, came.through) == (5, 5, {node: 5})
    assert centre.entries() == park.entries()
    back = tmp_path / f"back-{name}"
    assert centre.export(back).entries == 2
    assert park.import_(back).accepted == 2
    status = park.status()
    assert (status.accepted_through, status.applied_through) == (5, 2)
    assert status.pending == {"receipt": 1}
    centre.import_(tmp_path / name)
    park.export(tmp_path / f"again-{name}")
    assert centre.import_(tmp_path / f"again-{name}").accepted == 1
    assert centre.export(tmp_path / f"last-{name}").entries == 0
    assert centre.entries() == park.entries()
    assert centre.entries("down") == park.entries("down")


def test_twice_late_and_shuffled_ends_the_same(park: Park, centre: Centre, tmp_path: Path) -> None:
    node = park.enrol_at(centre)
    for bundle in range(3):
        park.note(2 * bundle)
        park.note(2 * bundle + 1)
        park.export(tmp_path / str(bundle), after=2 * bundle)
    late = centre.import_(tmp_path / "2")
    assert (late.accepted, late.waiting, late.expected_seq) == (0, 2, {node: 1})
    (problem,) = centre.status().problems
    assert (problem.code, problem.params) == ("sync.up_gap", {"expected_seq": 1})
    assert centre.import_(tmp_path / "1").accepted == 0
    assert centre.import_(tmp_path / "0").accepted == 6
    assert centre.entries() == park.entries()
    assert centre.status().problems == []
    receipts = centre.entries("down")
    for bundle in (1, 0, 2, 0):
        assert centre.import_(tmp_path / str(bundle)).accepted == 0
    assert centre.entries("down") == receipts


def test_roads_may_be_mixed(park: Park, centre: Centre, tmp_path: Path) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    park.export(tmp_path / "up")
    park.note(2)
    assert park.push().accepted == 2
    assert centre.import_(tmp_path / "up").accepted == 0
    centre.tell(node, 1)
    centre.export(tmp_path / "down")
    assert park.pull().accepted == 1
    assert park.import_(tmp_path / "down").accepted == 0
    park.push()
    assert centre.entries() == park.entries()
    assert centre.entries("down") == park.entries("down")


def test_a_hole_in_what_comes_down_is_shown_and_closed_by_the_next_call(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    for n in range(4):
        centre.tell(node, n)
    centre.export(tmp_path / "down", after=2)
    assert park.import_(tmp_path / "down").waiting == 2
    (problem,) = park.status().problems
    assert (problem.code, problem.params) == ("sync.down_gap", {"expected_seq": 1})
    assert park.pull().accepted == 4
    assert park.status().problems == []
    assert park.entries("down") == centre.entries("down")


def test_one_flipped_byte_is_noticed_wherever_it_is(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n)
    for name, place in ((ENTRIES, 5), (ENTRIES, 300), (ENTRIES, -9), (MANIFEST, -40)):
        stick = tmp_path / f"{name}{place}"
        park.export(stick)
        content = bytearray((stick / name).read_bytes())
        content[place] ^= 1
        (stick / name).write_bytes(content)
        assert refused(centre, stick) in {"sync.bundle_damaged", "sync.not_a_bundle"}
    park.export(tmp_path / "a.zip")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert refused(centre, tmp_path / "a.zip") == "sync.bundle_damaged"
    assert centre.entries() == []


def test_a_bundle_cut_short_is_noticed(park: Park, centre: Centre, tmp_path: Path) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n)
    park.export(tmp_path / "a")
    lines = (tmp_path / "a" / ENTRIES).read_text().splitlines(keepends=True)
    (tmp_path / "a" / ENTRIES).write_text("".join(lines[:2]))
    assert refused(centre, tmp_path / "a") == "sync.bundle_damaged"
    park.export(tmp_path / "b.zip")
    content = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(content[: len(content) // 2])
    assert refused(centre, tmp_path / "b.zip") == "sync.bundle_damaged"


def test_what_is_no_bundle_is_told_so(centre: Centre, tmp_path: Path) -> None:
    assert refused(centre, tmp_path) == "sync.not_a_bundle"
    assert refused(centre, tmp_path / "nowhere") == "sync.not_a_bundle"
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / MANIFEST).write_text('{"format": "anca-bundle", "needs": 2}')
    assert refused(centre, newer) == "sync.bundle_newer"


@pytest.mark.parametrize("name", ["../out.txt", "/etc/x", "a/../../x", "C:\\x", "..\\x"])
def test_a_path_outside_the_folder_is_never_opened(
    centre: Centre, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(MANIFEST, "{}")
        packed.writestr(ENTRIES, "")
        packed.writestr(name, "x")
    assert refused(centre, path) == "sync.bundle_unsafe"


def test_a_link_in_a_folder_is_not_followed(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    (tmp_path / ENTRIES).symlink_to("/dev/zero")
    assert refused(centre, tmp_path) == "sync.bundle_unsafe"


def test_zeros_without_end_are_left_unread(centre: Centre, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(MANIFEST, "{}")
        with packed.open(ENTRIES, "w") as member:
            for _ in range(20):
                member.write(bytes(1024 * 1024))
    assert refused(centre, path) == "sync.bundle_too_large"
    with zipfile.ZipFile(path, "a") as packed:
        packed.getinfo(ENTRIES).file_size = 10 * 1024**3
        packed.writestr("x", "")
    assert refused(centre, path) == "sync.bundle_too_large"


def test_entries_of_another_park_are_not_taken(
    park: Park, centre: Centre, hand_made: HandMade, tmp_path: Path
) -> None:
    park.enrol_at(centre)
    centre.tell(hand_made.node, 1)
    centre.export(tmp_path / "theirs", park=hand_made.node)
    assert refused(park, tmp_path / "theirs") == "sync.wrong_recipient"
    stranger = HandMade("019e0000-0000-7000-8000-000000000000")
    strange = made_by_hand(tmp_path / "strange", stranger.chain(2))
    assert refused(centre, strange) == "sync.unknown_node"
    false = made_by_hand(tmp_path / "false", HandMade(hand_made.node).chain(2))
    assert refused(centre, false) == "sync.bad_signature"


def test_one_stick_for_all_parks_gives_each_its_own(
    park: Park, centre: Centre, hand_made: HandMade, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    centre.tell(hand_made.node, 1)
    centre.tell(node, 2)
    centre.export(tmp_path / "all")
    came = park.import_(tmp_path / "all")
    assert (came.accepted, came.others) == (1, 1)


def test_a_bad_entry_stops_there_and_keeps_what_came_before(
    centre: Centre, hand_made: HandMade, tmp_path: Path
) -> None:
    entries = hand_made.chain(3)
    entries[2] = entries[2][:-8] + "AAAAAAAA"
    assert refused(centre, made_by_hand(tmp_path / "a", entries)) == "sync.bad_signature"
    assert [each for *_, each in centre.entries()] == entries[:2]


def test_kinds_of_a_future_version_are_kept(
    centre: Centre, hand_made: HandMade, tmp_path: Path
) -> None:
    stick = made_by_hand(tmp_path / "a", hand_made.chain(2, kind="weather.report"))
    (stick / MANIFEST).write_text('{"format": "anca-bundle", "version": 9, "mood": "fine"}')
    assert centre.import_(stick).accepted == 2
    assert [kind for _, kind, _ in centre.entries()] == ["weather.report"] * 2


def test_a_nodes_own_bundle_is_told_so(park: Park, centre: Centre, tmp_path: Path) -> None:
    park.enrol_at(centre)
    park.note(1)
    park.export(tmp_path / "a")
    assert refused(park, tmp_path / "a") == "sync.own_bundle"


def test_a_full_disk_is_told_and_the_rest_comes_later(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    """A folder that cannot be written is told with its own sentence; nothing half stays."""
    park.enrol_at(centre)
    park.note(1)
    if Path("/dev/full").exists():
        stick = tmp_path / "stick"
        stick.mkdir()
        (stick / f".{ENTRIES}.part").symlink_to("/dev/full")
        with pytest.raises(Refusal) as raised:
            park.export(stick)
        assert raised.value.code == "sync.disk_full"
        assert list(stick.iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refusal) as raised:
        park.export(tmp_path / "file")
    assert raised.value.code == "sync.not_writable"


def test_a_disk_that_fills_up_in_the_middle_keeps_a_true_beginning(
    park: Park, centre: Centre, tmp_path: Path, database: str
) -> None:
    if database != "sqlite":
        return
    park.enrol_at(centre)

    def work(session: Session) -> None:
        for n in range(450):
            append_entry(
                session,
                "feedback",
                {"n": n, "x": b64encode(token_bytes(6500)).decode()},
                park.node.clock.at,
            )

    park.run(work)
    park.export(tmp_path / "a")
    writer = centre.node.app.extensions["writer"]

    def nearly_full(connection: Any, _: object) -> None:
        pages, unused = (
            connection.execute(f"PRAGMA {each}").fetchone()[0]
            for each in ("page_count", "freelist_count")
        )
        connection.execute(f"PRAGMA max_page_count = {pages - unused + 700}")

    event.listen(writer.engine, "connect", nearly_full)
    writer.stop()
    writer.engine.dispose()
    try:
        assert refused(centre, tmp_path / "a") == "sync.disk_full"
    finally:
        event.remove(writer.engine, "connect", nearly_full)
        writer.stop()
        writer.engine.dispose()
    here = centre.entries()
    assert len(here) == 200
    assert here == park.entries()[:200]
    assert centre.import_(tmp_path / "a").accepted == 250
    assert centre.entries() == park.entries()


def test_another_entry_under_a_taken_number_is_kept_aside(
    centre: Centre, hand_made: HandMade, tmp_path: Path
) -> None:
    centre.import_(made_by_hand(tmp_path / "a", hand_made.chain(3)))
    other = hand_made.chain(3, mark="b")
    assert centre.import_(made_by_hand(tmp_path / "b", other)).forked == {hand_made.node: 1}
    assert [each.code for each in centre.status().problems] == ["sync.fork"]
    assert len(centre.entries()) == 3


def test_a_receipt_for_another_history_is_shown_at_the_park(
    park: Park, centre: Centre, tmp_path: Path
) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    body = {"through": 1, "hash": "x" * 43}
    key = centre.read(own_key)
    payload = entry_payload(
        Head(), node=key[0], kind="receipt", made_at=park.node.clock.at, body=body, to=node
    )
    park.import_(made_by_hand(tmp_path / "a", [sign(payload, key[1])]))
    assert park.status().accepted_through == 0
    assert [each.code for each in park.status().problems] == ["sync.fork"]


def own_key(session: Session) -> tuple[str, dict[str, str]]:
    row = session.scalars(select(ThisNode)).one()
    return row.node, json.loads(row.sign_key)


def test_the_story_in_commands(park: Park, centre: Centre, tmp_path: Path) -> None:
    node = park.enrol_at(centre)
    park.note(1)
    out = said(park, "sync", "export", str(tmp_path / "a"))
    assert (out["entries"], out["logs"][0]["node"]) == (1, node)
    assert said(centre, "sync", "import", str(tmp_path / "a"))["accepted"] == 1
    assert said(centre, "sync", "export", str(tmp_path / "b"))["entries"] == 1
    assert said(park, "sync", "import", str(tmp_path / "b"))["accepted"] == 1
    assert said(park, "sync", "status")["up"]["pending"] == {}
    assert said(park, "sync", "pull") == {"accepted": 0, "applied_through": 1}
