"""The tight form of entries in a call: payloads as they were signed, packed after one like them.

Base64 hides from a packer what repeats, and a park says much the same all day: against an
earlier entry that both sides have, a day's summaries weigh a third of what they did.
"""

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.sync.gateways.signing import base64url, text_of
from app.sync.rules import MalformedEntry

TIGHT = "application/vnd.anca.entries"


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
    line, _, packed = body.partition(b"\n")
    try:
        match json.loads(line):
            case {
                "node": str(node),
                "like": int(like),
                "headers": [*headers],
                "entries": [*entries],
            } if like >= 0 and all(isinstance(each, str) for each in headers):
                return Edges(
                    node, like, headers, [_edge(each, headers) for each in entries], packed
                )
            case _:
                raise MalformedEntry
    except (ValueError, RecursionError):
        raise MalformedEntry from None


def _edge(given: Any, headers: Sequence[str]) -> tuple[int, str, int]:
    match given:
        case [int(place), str(signature), int(size)] if 0 <= place < len(headers) and size >= 0:
            return place, signature, size
        case _:
            raise MalformedEntry


def read_texts(edges: Edges, earlier: bytes | None, most: int) -> Call:
    """The entries of a call, byte for byte as they were signed if nobody changed them.

    Raises ValueError when what came does not unpack to them, which are `most` bytes at most.
    """
    size = sum(size for *_, size in edges.entries)
    if size > most:
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
        payload = urlsafe_b64encode(part).rstrip(b"=").decode("ascii")
        compacts.append(f"{edges.headers[place]}.{payload}.{signature}")
        texts.append(part)
    return Call(edges.node, compacts, texts)
