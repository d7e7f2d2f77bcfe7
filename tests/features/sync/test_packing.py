"""Packed or tight, an entry comes out byte for byte as it was signed."""

import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from app.settings import Settings
from app.sync.gateways.calls import TIGHT, Earlier, read_edges, read_texts, tight_call
from app.sync.gateways.http import TRIED_AGAIN_AFTER, Province
from app.sync.gateways.packing import packed_entry, unpacked_entry
from app.sync.gateways.signing import new_sign_key, sign
from app.sync.models import LogEntry, Summary
from app.sync.rules import Declined, Head, MalformedEntry, TooManyEntries, entry_payload
from app.web.database import writing_engine
from app.web.schema import downgrade_on, upgrade
from tests.features.sync.conftest import Centre, Park
from tests.features.sync.test_false_province import Liar, liar

__all__ = ["liar"]
KEY = new_sign_key()
AT = datetime(2026, 11, 24, tzinfo=UTC)
bodies = st.dictionaries(
    st.text(max_size=9), st.integers(-9, 9) | st.text(st.characters(codec="utf-8")), max_size=5
)


def entry(body: dict[str, Any], head: Head = Head()) -> str:  # noqa: B008
    return sign(entry_payload(head, node="n", kind="summary", made_at=AT, body=body), KEY)


@given(bodies)
def test_what_was_signed_comes_back(body: dict[str, Any]) -> None:
    compact = entry(body).encode()
    assert unpacked_entry(packed_entry(compact)) == compact


@given(st.binary(max_size=60) | st.sampled_from([b"a.b.c", b"..", b"a.YR.c", b"a.YQ==.c", b""]))
def test_what_is_no_entry_is_left_as_it_is(content: bytes) -> None:
    if not content.startswith(b"\x01"):
        assert unpacked_entry(packed_entry(content)) == content


@given(st.lists(bodies, min_size=1, max_size=4), st.none() | bodies)
def test_a_tight_call_brings_the_same_entries(
    said: list[dict[str, Any]], before: dict[str, Any] | None
) -> None:
    compacts = [entry(body, Head(n, "x")) for n, body in enumerate(said)]
    earlier = None if before is None else Earlier(7, entry(before).encode())
    edges = read_edges(tight_call("n", compacts, earlier))
    call = read_texts(edges, earlier and earlier.compact, 10**6)
    assert (call.node, call.compacts, edges.like) == ("n", compacts, 7 if earlier else 0)
    with pytest.raises(ValueError, match=r"\d"):
        read_texts(edges, None, 3)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b'{"node":"n","like":-1,"headers":[],"entries":[]}',
        b'{"node":"n","like":0,"headers":["h"],"entries":[[1,"s",2]]}',
        b'{"node":"n","like":0,"headers":["h"],"entries":[[0,"s",-2]]}',
        b'{"node":"n","like":0,"headers":[3],"entries":[]}',
        b'{"node":"n","like":%d,"headers":[],"entries":[]}' % 10**30,
        b'{"node":"n","like":0,"headers":["%s"],"entries":[]}' % (b"h" * 600),
        b'{"node":"n","like":0,"headers":["h"],"entries":[[0,"%s",0]]}' % (b"s" * 600),
        b'{"node":"n","like":0,"headers":[],"entries":[],"x":"%s"}' % (b"x" * 600_000),
    ],
)
def test_a_call_that_is_none_is_refused(head: bytes) -> None:
    with pytest.raises(MalformedEntry):
        read_edges(head + b"\nx")


def test_a_small_call_does_not_name_one_header_without_end() -> None:
    head = {"node": "n", "like": 0, "headers": ["h" * 500], "entries": [[0, "s" * 500, 0]] * 201}
    with pytest.raises(TooManyEntries):
        read_edges(json.dumps(head).encode() + b"\nx")
    head["entries"] = [[0, "s" * 500, 0]] * 200
    edges = read_edges(json.dumps(head).encode() + b"\n" + zlib.compress(b""))
    assert len(read_texts(edges, None, 200_400).compacts) == 200
    with pytest.raises(ValueError, match="0"):
        read_texts(edges, None, 190_000)


def test_zeros_without_end_are_not_unpacked() -> None:
    call = tight_call("n", [entry({"x": "0" * 3_000_000})])
    with pytest.raises(ValueError, match="3000"):
        read_texts(read_edges(call), None, 1_000_000)
    small = call.replace(b"3000", b"1000", 1)
    with pytest.raises(ValueError, match=r"\d"):
        read_texts(read_edges(small), None, 8_000_000)


def test_what_lies_in_the_database_is_packed_and_reads_as_it_was(
    park: Park, centre: Centre
) -> None:
    park.enrol_at(centre)
    for n in range(3):
        park.note(n)
    park.push()
    assert centre.entries() == park.entries()
    for peer in (park, centre):
        kept = peer.read(lambda s: s.scalars(text("SELECT compact FROM log_entry")).all())
        assert all(bytes(each).startswith(b"\x01") for each in kept)


def test_a_province_that_was_renewed_is_told_in_the_tight_form_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []

    def call(self: Province, method: str, target: str, headers: Any, content: bytes) -> Any:
        said.append(headers["Content-Type"])
        if headers["Content-Type"] == TIGHT and len(said) < 20:
            raise Declined(reason="payload.not_json")
        return {}

    monkeypatch.setattr(Province, "_call", call)
    province = Province("http://127.0.0.1:9")
    for _ in range(3 + TRIED_AGAIN_AFTER + 2):
        province.push("n", [entry({})])
    assert said.count(TIGHT) == 3 + 2


def test_a_province_that_reads_only_the_contract_is_told_in_its_form(
    park: Park, centre: Centre, liar: Liar
) -> None:
    """Three times misunderstood, and nothing else is tried."""
    park.enrol_at(centre)
    park.note(1)
    true, forms = centre.node.app, []

    def old(environ: dict[str, Any], start: Any) -> Any:
        forms.append(environ.get("CONTENT_TYPE"))
        if environ.get("CONTENT_TYPE") == "application/vnd.anca.entries":
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            start("400 x", [("Content-Type", "application/problem+json")])
            return [b'{"code": "payload.not_json"}']
        return true(environ, start)

    centre.down()
    centre.node.app = old  # type: ignore[assignment]
    try:
        centre.up()
        for n in range(4):
            park.note(n)
            assert park.push().stopped_by is None
    finally:
        centre.node.app = true
    assert [each.rpartition(".")[2] for each in forms if each] == [
        "entries", "application/json"] * 3 + ["application/json"]  # fmt: skip
    assert centre.entries() == park.entries()


@pytest.fixture
def engine(database: str, request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    url = f"sqlite:///{tmp_path / 'anca.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("packed")
    made = writing_engine(Settings(instance=tmp_path, database_url=url))
    yield made
    made.dispose()


def test_logs_of_earlier_versions_are_packed_and_unpacked_by_the_step(engine: Engine) -> None:
    body = {"on": "2026-11-24", "text": "Đủ", "n": None}
    compact = entry(body).encode()
    places = [(way, seq, compact) for way in ("up", "down") for seq in range(1, 400)]
    places.append(("up", 400, packed_entry(compact)))  # when the step was cut off before
    upgrade(engine)
    with engine.begin() as connection:
        downgrade_on(connection, "0029")
        connection.execute(
            text(
                "INSERT INTO log_entry (node, direction, seq, kind, made_at, stored_at, hash,"
                " compact) VALUES ('n', :direction, :seq, 'summary', :at, :at, 'x', :compact)"
            ),
            [
                {"at": AT, "compact": kept, "direction": direction, "seq": seq}
                for direction, seq, kept in places
            ],
        )
        connection.execute(
            text(
                'INSERT INTO summary (id, node, "on", shift, revision, final, as_of, received_at,'
                " checked_at, seqs, body) VALUES ('a', 'n', :on, '', 1, true, :at, :at, :at,"
                " '[1]', :body)"
            ),
            {"at": AT, "on": AT.date(), "body": json.dumps(body)},
        )
    upgrade(engine)
    with engine.begin() as connection:
        rows = connection.execute(LogEntry.__table__.select()).all()
        assert (len(rows), {row.compact for row in rows}) == (799, {compact})
        raw = connection.execute(text("SELECT compact FROM log_entry")).scalars()
        assert all(bytes(each).startswith(b"\x01") for each in raw)
        assert connection.execute(Summary.__table__.select()).one().body == body
        downgrade_on(connection, "0029")
        raw = connection.execute(text("SELECT compact FROM log_entry")).scalars()
        assert {bytes(each) for each in raw} == {compact}
