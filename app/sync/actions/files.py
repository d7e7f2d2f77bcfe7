"""Enrolment without a network: a park's request as a file, and the province's answer as one."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.settings import Settings
from app.sync.actions.enrolment import Afresh, accept_by_hand, keep_enrolment
from app.sync.actions.log import locked_node, public_keys
from app.sync.actions.settling import go_on_as, keys_to_come, read_continuation
from app.sync.gateways.files import read_json, write_json
from app.sync.queries.logs import list_all_up
from app.sync.rules import BadAnswer, EnrolmentRequest, Head

REQUEST, ANSWER = "anca-request", "anca-enrolment"


def write_request(
    session: Session, settings: Settings, path: Path, *, afresh: Afresh, now: datetime
) -> dict[str, Any]:
    """Write what the province needs to know of this park; its name and its key's name."""
    node = locked_node(session, now)
    sign_key, box_key = public_keys(node)
    request: dict[str, Any] = {
        "format": REQUEST,
        "name": settings.name,
        "sign_key": sign_key,
        "box_key": box_key,
    }
    if afresh is Afresh.NO:
        request["node"] = node.node
    else:
        coming = keys_to_come(session, now=now)
        request |= {"sign_key": coming.public_sign_key, "box_key": coming.public_box_key}
        request["take_over"] = afresh is Afresh.TAKE_OVER
    write_json(path, request)
    return {"name": settings.name, "key": request["sign_key"]["kid"]}


def accept_request(
    session: Session,
    request: EnrolmentRequest,
    out: Path,
    *,
    replaces: str | None,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """Take in the park of a request, and write its answer; with `replaces` it goes on as another.

    The names of both keys are to be compared by telephone: a file has no padlock.
    """
    answer = accept_by_hand(session, request, replaces=replaces, actor=actor, now=now)
    if replaces is not None:
        answer["log"] = list_all_up(session, replaces)
    write_json(out, {"format": ANSWER, **answer})
    return {
        "node": answer["node"],
        "key": request.sign_key["kid"],
        "province_key": answer["province_keys"]["sign_key"]["kid"],
    }


def enrol_by_file(
    session: Session, path: Path, *, url: str, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Enrol by the province's answer; refused when it is for another park."""
    answer = read_json(path)
    continues = "continue" in answer
    own = locked_node(session, now)
    if continues or (own.next_keys is not None and answer.get("node") != own.node):
        head, lost = _continuation(answer) if continues else (Head(), [])
        go_on_as(session, str(answer.get("node")), head, lost, now=now)
    node = keep_enrolment(
        session, url=url, answer=answer, actor=actor, now=now, continues=continues
    )
    return {"node": node, "province_key": _province_key(answer)}


def _continuation(answer: Mapping[str, Any]) -> tuple[Head, list[str]]:
    match answer.get("log"):
        case list(entries) if all(isinstance(each, str) for each in entries):
            return read_continuation(dict(answer)), entries
        case _:
            raise BadAnswer


def _province_key(answer: Mapping[str, Any]) -> str:
    return str(answer["province_keys"]["sign_key"].get("kid", ""))
