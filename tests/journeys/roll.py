"""A line of many people for roll calls in a browser."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from tests.factories.people import Cast, make_worker
from tests.factories.roll_calls import gather_line

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đỗ", "Bùi", "Đặng", "Ngô")
MIDDLE = ("Thị", "Văn", "Thị Thu", "Quang", "Thị Bích")
GIVEN = ("Lan", "Dũng", "Hường", "Yến", "Thắng", "Phượng", "Huy", "Ngọc", "Đức", "Thuỷ", "Hùng")


def name_of(number: int) -> str:
    return " ".join((FAMILY[number % 10], MIDDLE[number * 3 % 5], GIVEN[number * 7 % 11]))


def fill_line(session: Session, cast: Cast, count: int, now: datetime) -> str:
    """Line 3 with so many people in all, expected today; the id of its group."""
    line = session.get_one(Branch, cast.sao_bac.lines["Chuyền 3"])
    for number in range(count - 3):
        badge = f"SB-3{number:04}"
        make_worker(session, line, badge, name_of(number), now, pin=None, agreed=False)
    return gather_line(session, line.id, now)
