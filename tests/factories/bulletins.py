"""Bulletins as a province writes them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.bulletins.actions.drafting import write_draft
from app.bulletins.actions.rule_documents import write_rules
from app.bulletins.rules.bulletins import Channel, Content, Figure, Measure
from app.bulletins.rules.case_lists import read_case_list
from app.bulletins.rules.rule_documents import RuleKind
from tests.factories.people import STORY

CASES = [
    ["BN1001", "23/11/2026", "Nữ", "18-29", "KCN Vân Trung", "Khu cách ly"],
    ["BN1002", "23/11/2026", "", "", "xã Quang Châu", "Cộng đồng"],
]


HOTLINES = [
    {
        "number": "02043 856 100",
        "name_vi": "CDC tỉnh Bắc Giang",
        "hours": "24/7",
        "source": "Thông báo 12/TB-SYT, 20/11/2026",
        "evidence": "entered",
    },
    {"number": "115", "name_vi": "Cấp cứu", "evidence": "memory"},
]


def written_rules(session: Session, now: datetime, **given: Any) -> str:
    """A document of hotlines, not sent; its id."""
    values: dict[str, Any] = {
        "kind": RuleKind.HOTLINES,
        "title": "Đường dây nóng tháng 11",
        "valid_from_on": date(2026, 11, 24),
        "source": "Thông báo 12/TB-SYT",
        "document": {"hotlines": HOTLINES},
    }
    values |= given
    return write_rules(session, values.pop("kind"), **values, actor=STORY, now=now)


def content(**given: Any) -> Content:
    """A bulletin for all channels, with two cases."""
    values: dict[str, Any] = {
        "number": "23",
        "on": date(2026, 11, 24),
        "titles": {"vi": "Thêm hai ca mới"},
        "texts": {"vi": "Tỉnh ghi nhận hai ca mới.\nMọi người giữ 5K."},
        "channels": tuple(Channel),
        "figures": (Figure(Measure.F0, 2, 1454), Figure(Measure.F1, None, 10603)),
        "cases": read_case_list(CASES),
    }
    return Content(**(values | given))


def written_bulletin(session: Session, now: datetime, **given: Any) -> str:
    """A draft; its id."""
    return write_draft(session, content(**given), actor=STORY, now=now)
