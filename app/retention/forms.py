"""Forms of the days that a node keeps, and of a breach."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.accounts.forms import PageForm, needed
from app.kernel.text import squeeze
from app.retention.queries.breaches import BreachRow
from app.retention.rules.breaches import LONGEST_TEXT, Told

long = Length(max=LONGEST_TEXT, message=_("Nhiều nhất 2.000 ký tự"))
SPELLINGS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class BreachForm(PageForm):
    """What is known of a breach; moments by the clock of the park."""

    known_at = DateTimeLocalField(
        _("Phát hiện lúc"), [InputRequired(_("Cần điền mục này"))], format=SPELLINGS
    )
    what = TextAreaField(
        _("Chuyện gì đã xảy ra"),
        [needed, long],
        description=_(
            "Dữ liệu nào, ra ngoài bằng cách nào, từ lúc nào. Không chép dữ liệu vào đây."
        ),
    )
    whose = TextAreaField(
        _("Của ai"),
        [needed, long],
        description=_("Công ty, chuyền, nhóm người; không cần tên từng người."),
    )
    people = IntegerField(
        _("Khoảng bao nhiêu người"),
        [Optional(), NumberRange(0, 10_000_000, message=_("Cần một số"))],
    )
    done = TextAreaField(_("Đã làm gì để chặn và giảm hậu quả"), [long])
    told_authority_at = DateTimeLocalField(
        _("Đã báo cơ quan chuyên trách (A05, Bộ Công an) lúc"), [Optional()], format=SPELLINGS
    )
    told_people_at = DateTimeLocalField(
        _("Đã báo người bị ảnh hưởng lúc"), [Optional()], format=SPELLINGS
    )

    def told(self, zone: ZoneInfo) -> Told:
        """What the form says."""
        return Told(
            _aware(self.known_at.data, zone) or datetime.max.replace(tzinfo=zone),
            (self.what.data or "").strip(),
            (self.whose.data or "").strip(),
            self.people.data,
            (self.done.data or "").strip(),
            _aware(self.told_authority_at.data, zone),
            _aware(self.told_people_at.data, zone),
        )


def _aware(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if local is None else local.replace(tzinfo=zone)


def filled(row: BreachRow, zone: ZoneInfo) -> dict[str, object]:
    """What the form of a breach shows at first."""
    moments = {
        name: None if at is None else at.astimezone(zone)
        for name, at in (
            ("known_at", row.known_at),
            ("told_authority_at", row.told_authority_at),
            ("told_people_at", row.told_people_at),
        )
    }
    return {
        **moments,
        "what": row.what,
        "whose": row.whose,
        "people": row.people,
        "done": row.done,
    }


def whole_number(text: str) -> int:
    """A number of days out of a field; -1, which no rule allows, when it is none."""
    said = squeeze(text)
    return int(said) if said.isdecimal() and len(said) <= 5 else -1
