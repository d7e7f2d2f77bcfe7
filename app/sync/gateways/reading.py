"""Reading what was signed: of a summary only its head, the rest when somebody asks for it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.sync.gateways.packing import pack_text, unpacked_text
from app.sync.gateways.signing import read_json
from app.sync.rules import MERGED, Entry, SummaryHead, UpKind, head_of_summary, parse_entry


class _Summary(msgspec.Struct):
    on: str
    shift: str | None
    revision: int
    final: bool
    as_of: str
    companies: msgspec.Raw


class _Signed(msgspec.Struct):
    node: str
    seq: int
    prev: str
    kind: str
    made_at: str
    body: _Summary
    to: msgspec.Raw = msgspec.Raw()


class _Company(msgspec.Struct):
    code: str
    expected: int | None = None


class _Companies(msgspec.Struct):
    companies: list[_Company]


class _Told(msgspec.Struct):
    body: _Companies


COMPANIES = msgspec.json.Decoder(_Told)
SUMMARY_ENTRY = msgspec.json.Decoder(_Signed)


class UnreadBody(Mapping[str, Any]):
    """The body of an entry, read when it is looked into; that it is JSON is known before."""

    __slots__ = ("_body", "_text")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._body: dict[str, Any] | None = None

    def _read(self) -> dict[str, Any]:
        if self._body is None:
            self._body = dict(read_json(self._text)["body"])
        return self._body

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def read_entry(text: bytes, *, for_node: str | None = None) -> Entry:
    """The entry that a signed payload tells; raises ValueError for what is no JSON.

    Nine entries of ten are summaries of hundreds of rows, of which a province that takes them in
    needs five values: the rows are seen to be JSON and stay unread.
    """
    found = _quickly(text) if for_node is None else None
    if found is not None:
        return found
    return parse_entry(read_json(text), for_node=for_node, packed=pack_text(text))


def _quickly(text: bytes) -> Entry | None:
    """The entry, if it is a summary like any other; None leaves it to careful reading."""
    try:
        text.decode()  # the quick reader looks at the letters of what it reads alone
        told = SUMMARY_ENTRY.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    head = _head(told.body)
    if told.kind != UpKind.SUMMARY or head is None or bytes(told.to):
        return None
    payload = {name: getattr(told, name) for name in ("node", "seq", "prev", "kind", "made_at")}
    payload["body"] = UnreadBody(text)
    return parse_entry(payload, packed=pack_text(text), summary=head)


def _head(body: _Summary) -> SummaryHead | None:
    if bytes(body.companies)[:1] != b"[":
        return None
    return head_of_summary(body.on, body.shift or "", body.revision, body.final, body.as_of)


def people_told(packed: bytes) -> int | None:
    """How many people a packed summary expects in all; None for one that is not as usual."""
    try:
        told = COMPANIES.decode(unpacked_text(packed))
    except (msgspec.MsgspecError, RecursionError):
        return None
    rows = (row for row in told.body.companies if row.code != MERGED)
    return sum(row.expected for row in rows if row.expected and row.expected > 0)
