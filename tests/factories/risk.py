"""Index sets and answers for stories about the risk index."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.risk.actions.assessments import begin_assessment
from app.risk.actions.findings import note_finding
from app.risk.actions.sets import add_own_set
from app.risk.gateways.photos import read_photo
from app.risk.queries.data_files import list_built_in_sets
from app.risk.queries.findings import list_photos
from app.risk.queries.sets import list_own_sets, list_sets_in_force
from app.risk.rules.index_sets import IndexSet
from app.risk.rules.reading import index_set
from app.risk.rules.scoring import Answer, awarded, chosen
from tests.factories.people import STORY


def built_in(name: str) -> IndexSet:
    """A set of the data files."""
    return next(each for each in list_built_in_sets() if each.id == name)


def set_row(**changes: Any) -> dict[str, Any]:
    """A small set of two chosen components, 20 points in all, as data."""
    bands = [
        {"id": "low", "vi": "Thấp", "max_pct": 25, "order_vi": "Được làm", "verified": True},
        {"id": "mid", "vi": "Vừa", "above_pct": 25, "below_pct": 60, "order_vi": "Sửa"},
        {"id": "high", "vi": "Cao", "min_pct": 60, "max_pct": 100, "order_vi": "Dừng"},
    ]
    options = [{"vi": "Có", "points": 0}, {"vi": "Một phần", "points": 5}]
    options.append({"vi": "Không", "points": 10})
    row = {
        "id": "own",
        "version": 1,
        "title_vi": "Bộ của khu",
        "max_points": 20,
        "verified": "entered",
        "valid_from_on": date(2026, 1, 1),
        "bands": [{"verified": "entered"} | band for band in bands],
        "components": [
            {"id": "soap", "vi": "Xà phòng", "max": 10, "verified": "entered", "options": options},
            {"id": "air", "vi": "Thông gió", "max": 10, "verified": "entered", "options": options},
        ],
    }
    return row | changes


def small_set(**changes: Any) -> IndexSet:
    """The small set, built."""
    return index_set(set_row(**changes), {})


def on_paper(chosen_set: IndexSet, points: Mapping[str, int], maxima: Mapping[str, int]) -> Any:
    """Answers to every component: points as typed from the paper form, 0 where none are named."""
    answers: dict[str, Answer] = {}
    for component in chosen_set.components:
        given = points.get(component.id)
        if component.is_chosen and given is None:
            answers[component.id] = chosen(component, 0)
            continue
        most = maxima.get(component.id)
        answers[component.id] = awarded(
            component, Fraction(given or 0), None if most is None else Fraction(most)
        )
    return answers


# Maxima as somebody might copy them from the annex, so that all fifteen add up to 300.
MAXIMA_2194 = {
    "temperature_check": 20,
    "mask_wearing": 30,
    "ventilation": 20,
    "canteen": 30,
    "transport": 30,
    "health_staff": 20,
    "dormitory": 30,
    "plan_committee": 20,
    "inspection": 20,
}


def make_assessment(session: Session, branch_id: int, now: datetime) -> str:
    """An assessment of a place by the national set, with nothing in it yet."""
    today = (now + timedelta(hours=7)).date()
    shown = list_sets_in_force(session, today)[0]
    branch = session.get_one(Branch, branch_id)
    return begin_assessment(session, branch, shown, today, today=today, actor=STORY, now=now)


def picture(size: tuple[int, int] = (40, 30), kind: str = "JPEG", **options: Any) -> bytes:
    """A picture as a camera gives it."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def make_finding(session: Session, branch_id: int, now: datetime) -> dict[str, str]:
    """A finding with one picture: the ids of both."""
    finding_id = note_finding(
        session,
        branch_id,
        finding="Thiếu xà phòng ở cửa số 2",
        action="Đặt thêm bình",
        owner="Tổ cơ điện",
        due_on=now.date() + timedelta(days=5),
        photos=[read_photo(picture())],
        actor=STORY,
        now=now,
    )
    return {"finding_id": finding_id, "photo_id": list_photos(session, finding_id)[0].id}


def make_own_set(session: Session, now: datetime) -> str:
    """The small set as the park's own; its id."""
    add_own_set(session, set_row(), actor=STORY, now=now)
    return str(list_own_sets(session)[0].id)


def typed_paper(**fields: str) -> dict[str, str]:
    """The national form as somebody types it from paper: every component 0, then `fields`."""
    typed = {"workers_total-choice": "0", "density-choice": "0"}
    for component in built_in("qd2194").unverified:
        typed[f"{component.id}-points"] = "0"
        if component.maximum is None:
            typed[f"{component.id}-max"] = str(MAXIMA_2194[component.id])
    return typed | fields
