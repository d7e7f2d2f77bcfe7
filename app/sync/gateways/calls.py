"""The tight form of entries in a call: payloads as they were signed, packed after one like them.

Base64 hides from a packer what repeats, and a park says much the same all day: against an
earlier entry that both sides have, a day's summaries weigh a third of what they did.
"""

import json
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.sync.gateways.signing import as_base64url, base64url, text_of
from app.sync.rules import MOST_ENTRIES, MOST_SEQ, MalformedEntry, TooManyEntries

TIGHT = "application/vnd.anca.entries"
LONGEST_EDGE = 512  # letters of a header or a signature; ours have 90
LONGEST_HEAD = 512 * 1024  # of the first line, before anything in it is read


class Call(NamedTuple):
    """Whose entries a call brings, each as a compact JWS and, where known, its payload's text."""

    node: str
    compacts: list[str]
    texts: list[bytes]


class Edges(NamedTuple):
    """What a tight call says before its payloads; `like` is the number of the earlier entry."""

    node: str
    like: int
    headers: list[str]
    entries: list[tuple[int, str, int]]
    packed: bytes


class Earlier(NamedTuple):
    """An entry up that both sides have, by its number."""

    seq: int
    compact: bytes


def tight_call(node: str, compacts: Sequence[str], earlier: Earlier | None = None) -> bytes:
    """The body of a call that brings these entries."""
    parts = [compact.split(".") for compact in compacts]
    texts = [base64url(payload) for _, payload, _ in parts]
    headers = list(dict.fromkeys(header for header, *_ in parts))
    edges = [
        [headers.index(header), signature, len(text)]
        for (header, _, signature), text in zip(parts, texts, strict=True)
    ]
    like = earlier.seq if earlier else 0
    head = {"node": node, "like": like, "headers": headers, "entries": edges}
    packer = zlib.compressobj(9, zdict=text_of(earlier.compact) if earlier else b"")
    packed = packer.compress(b"".join(texts)) + packer.flush()
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + packed


def read_edges(body: bytes) -> Edges:
    """The first line of a tight call."""
    end = body.find(b"\n", 0, LONGEST_HEAD)
    if end < 0:
        raise MalformedEntry
    line, packed = body[:end], body[end + 1 :]
    try:
        match json.loads(line):
            case {
                "node": str(node),
                "like": int(like),
                "headers": [*headers],
                "entries": [*entries],
            } if (
                node.isprintable()
                and 0 <= like <= MOST_SEQ
                and all(_is_edge(each) for each in headers)
            ):
                if len(entries) > MOST_ENTRIES:
                    raise TooManyEntries(most=MOST_ENTRIES)
                return Edges(
                    node, like, headers, [_edge(each, headers) for each in entries], packed
                )
            case _:
                raise MalformedEntry
    except (ValueError, RecursionError):
        raise MalformedEntry from None


def _is_edge(given: Any) -> bool:
    return isinstance(given, str) and len(given) <= LONGEST_EDGE and given.isascii()


def _edge(given: Any, headers: Sequence[str]) -> tuple[int, str, int]:
    match given:
        case [int(place), signature, int(size)] if (
            0 <= place < len(headers) and size >= 0 and _is_edge(signature)
        ):
            return place, signature, size
        case _:
            raise MalformedEntry


def read_texts(edges: Edges, earlier: bytes | None, most: int) -> Call:
    """The entries of a call, byte for byte as they were signed if nobody changed them.

    Raises ValueError when what came does not unpack to them, which are `most` bytes at most.
    """
    size = sum(size for *_, size in edges.entries)
    spelled = sum(len(edges.headers[place]) + len(signed) for place, signed, _ in edges.entries)
    if spelled + size * 4 // 3 > most:
        raise ValueError(size)
    unpacker = zlib.decompressobj(zdict=text_of(earlier) if earlier else b"")
    try:
        text = unpacker.decompress(edges.packed, size + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(text) != size:
        raise ValueError(len(text))
    compacts, texts, start = [], [], 0
    for place, signature, length in edges.entries:
        part = text[start : start + length]
        start += length
        compacts.append(f"{edges.headers[place]}.{as_base64url(part)}.{signature}")
        texts.append(part)
    return Call(edges.node, compacts, texts)
