"""Two bulletins of a demo province: of the day before, and one that was corrected."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from app.bulletins.actions.drafting import change_draft, write_draft
from app.bulletins.actions.publishing import publish_bulletin
from app.bulletins.rules.bulletins import Channel, Content, Figure, Measure
from app.bulletins.rules.case_lists import CaseRow, Found, Sex
from app.demo.rules import DemoOrder
from app.kernel.actors import program

STAFF = program("Sở Y tế")
AT = time(18, 0)
PLACES = ("KCN Vân Trung", "xã Quang Châu", "Công ty TNHH Hosiden Việt Nam", "thị trấn Nếnh")
TITLES = {
    "vi": "Thêm 8 ca mới, phần lớn trong khu cách ly",
    "en": "8 new cases, most of them in quarantine sites",
}
TEXTS = {
    "vi": "Trong ngày tỉnh ghi nhận 8 ca mới, 6 ca trong khu cách ly.\n"
    "Các khu công nghiệp làm việc bình thường. Khai báo y tế trước mỗi ca, giữ 5K.",
    "en": "The province counted 8 new cases today, 6 of them in quarantine sites.\n"
    "Parks work as usual. Check in before every shift, keep to 5K.",
}


def add_bulletins(session: Session, order: DemoOrder) -> None:
    """Published yesterday and the day before; the older one with a correction."""
    for days, number in ((2, "1"), (1, "2")):
        on = order.until - timedelta(days=days)
        at = datetime.combine(on, AT, tzinfo=order.zone)
        first = _content(number, days, order)
        bulletin_id = write_draft(session, first, actor=STAFF, now=at)
        publish_bulletin(session, bulletin_id, reason="", seen=1, actor=STAFF, now=at)
    mended = _content("2", 1, order, recovered=12)
    later = at + timedelta(minutes=40)
    change_draft(session, bulletin_id, mended, seen=2, actor=STAFF, now=later)
    reason = "Bổ sung số khỏi bệnh"
    publish_bulletin(session, bulletin_id, reason=reason, seen=3, actor=STAFF, now=later)


def _content(number: str, days: int, order: DemoOrder, recovered: int | None = None) -> Content:
    on = order.until - timedelta(days=days)
    figures = [Figure(Measure.F0, 8, 1462 - 8 * days), Figure(Measure.F1, 31, 10634 - 31 * days)]
    if recovered is not None:
        figures.append(Figure(Measure.RECOVERED, recovered, None))
    cases = tuple(
        CaseRow(
            f"BN{1450 - 10 * days + n}",
            on,
            (Sex.FEMALE, Sex.MALE)[n % 2],
            ("18-29", "30-39", "")[n % 3],
            PLACES[n % len(PLACES)],
            (Found.QUARANTINE, Found.QUARANTINE, Found.WORKPLACE)[n % 3],
        )
        for n in range(8)
    )
    return Content(number, on, TITLES, TEXTS, tuple(Channel), figures=tuple(figures), cases=cases)
