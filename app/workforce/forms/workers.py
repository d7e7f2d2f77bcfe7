"""Forms about one worker: particulars, leave, place, end of work, PIN slips."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from app.accounts.forms import PageForm, choices, needed, short
from app.accounts.rules import CardEnd
from app.kernel.text import squeeze
from app.workforce.forms.fields import DayField, UnitField, day_needed
from app.workforce.queries.reference import get_phone_plan, get_province_names
from app.workforce.rules import clean_id_number, clean_name, clean_phone
from app.workforce.rules.planned import DAYS_BACK, MOST_DAYS_AHEAD, ChangeKind

YOUNGEST_YEARS, OLDEST_YEARS = 14, 90
EMAIL = r"""\s*[^@\s<>,;"]+@[^@\s<>,;"]+\.[^@\s<>,;".]+\s*$"""
LONGEST_LEAVE = timedelta(days=400)


class WorkerForm(PageForm):
    """What a company keeps of one worker; `today` is set before checking."""

    today: date
    name = StringField(_("Họ và tên"), [needed, short])
    badge = StringField(
        _("Mã nhân viên"), [needed, Length(max=40, message=_("Nhiều nhất 40 ký tự"))]
    )
    unit = UnitField(_("Đơn vị"))
    pattern = SelectField(_("Lịch làm việc"))
    sex = SelectField(
        _("Giới tính"),
        choices=choices([("", _("Chưa ghi")), ("female", _("Nữ")), ("male", _("Nam"))]),
    )
    born_on = DayField(_("Ngày sinh"), [Optional()])
    phone = StringField(_("Số điện thoại"), [short])
    id_number = StringField(_("CCCD, CMND hoặc hộ chiếu"), [short])
    position = StringField(_("Công việc"), [Length(max=80, message=_("Nhiều nhất 80 ký tự"))])
    joined_on = DayField(_("Ngày vào làm"), [Optional()])

    def validate_name(self, field: StringField) -> None:
        """A name without digits, in ordinary capitals."""
        reading = clean_name(field.data)
        if reading.value is None:
            raise ValidationError(str(_("Tên không có chữ số")))
        field.data = reading.value

    def validate_born_on(self, field: DayField) -> None:
        """A birthday that a working person may have."""
        if field.data is None:
            return
        years = (self.today - field.data).days / 365.25
        if not YOUNGEST_YEARS <= years <= OLDEST_YEARS:
            raise ValidationError(str(_("Xem lại năm sinh")))

    def validate_joined_on(self, field: DayField) -> None:
        """A first day that has come, or comes within a year."""
        if field.data is not None and field.data - self.today > timedelta(days=MOST_DAYS_AHEAD):
            raise ValidationError(str(_("Chỉ ghi trước được một năm")))

    def validate_phone(self, field: StringField) -> None:
        """A number of this country, made a current one."""
        reading = clean_phone(field.data or "", get_phone_plan())
        if squeeze(field.data or "") and reading.value is None:
            raise ValidationError(str(_("Cần đủ 10 chữ số của một số trong nước")))
        field.data = reading.value

    def validate_id_number(self, field: StringField) -> None:
        """The number of a card or passport."""
        reading = clean_id_number(field.data or "", get_province_names(), self.today)
        if squeeze(field.data or "") and reading.value is None:
            raise ValidationError(str(_("Cần 9 hoặc 12 chữ số, hoặc số hộ chiếu")))
        field.data = reading.value


class EmailForm(PageForm):
    """Where somebody is written to by e-mail; empty for nowhere."""

    address = StringField(
        _("E-mail"),
        [
            Length(max=254, message=_("Nhiều nhất 254 ký tự")),
            Optional(),
            Regexp(EMAIL, message=_("E-mail chưa đúng")),
        ],
    )


class LeaveForm(PageForm):
    """Days on which a worker is away."""

    from_on = DayField(_("Từ ngày"), [day_needed])
    to_on = DayField(_("Đến hết ngày"), [day_needed])
    reason = StringField(_("Lý do"), [Length(max=80, message=_("Nhiều nhất 80 ký tự"))])

    def validate_to_on(self, field: DayField) -> None:
        """The last day is not before the first, nor a year and more away."""
        if field.data is None or self.from_on.data is None:
            return
        if field.data < self.from_on.data:
            raise ValidationError(str(_("Ngày cuối trước ngày đầu")))
        if field.data - self.from_on.data > LONGEST_LEAVE:
            raise ValidationError(str(_("Dài quá 400 ngày. Xem lại năm.")))


class MoveForm(PageForm):
    """Another unit from a day on, also a coming one."""

    today: date
    unit = UnitField(_("Đơn vị mới"))
    on = DayField(_("Từ ngày"), [day_needed])

    def validate_on(self, field: DayField) -> None:
        """Not further back than anybody remembers, not further ahead than anybody plans."""
        _check_within(field, self.today, ChangeKind.MOVE, _("Chỉ ghi lùi được 31 ngày"))


class EndWorkForm(PageForm):
    """The last day of work, also a coming one."""

    today: date
    last_on = DayField(_("Ngày làm cuối"), [day_needed])

    def validate_last_on(self, field: DayField) -> None:
        """Within a year of today."""
        _check_within(field, self.today, ChangeKind.LEAVE, _("Chỉ ghi lùi được một năm"))


class ReturnForm(PageForm):
    """The first day on which somebody who had left works here again."""

    today: date
    on = DayField(_("Nhận lại từ ngày"), [day_needed])

    def validate_on(self, field: DayField) -> None:
        """Today or a coming day."""
        _check_within(field, self.today, ChangeKind.RETURN, _("Chọn hôm nay hoặc ngày tới"))


def _check_within(field: DayField, today: date, kind: ChangeKind, too_early: Any) -> None:
    if field.data is None:
        return
    if today - field.data > timedelta(days=DAYS_BACK[kind]):
        raise ValidationError(str(too_early))
    if field.data - today > timedelta(days=MOST_DAYS_AHEAD):
        raise ValidationError(str(_("Chỉ ghi trước được một năm")))


class FollowForm(PageForm):
    """Another pattern from a day on."""

    pattern = SelectField(_("Lịch làm việc"))
    from_on = DayField(_("Từ ngày"), [day_needed])


class SlipForm(PageForm):
    """Who gets printed PINs; `as_of` is when the page was opened."""

    unit = HiddenField()
    worker = HiddenField()
    only_new = HiddenField()
    everybody = BooleanField(_("Gồm cả người đã tự chọn mã"))
    as_of = HiddenField()


class CardForm(PageForm):
    """Who gets printed cards; `key` is for one press, `as_of` is when the page was opened."""

    key = HiddenField()
    as_of = HiddenField()
    unit = HiddenField()
    worker = HiddenField()
    which = HiddenField()


class RevokeCardForm(PageForm):
    """Why a card is taken out of use."""

    why = SelectField(
        _("Lý do"),
        choices=choices(
            [(CardEnd.LOST, _("Mất thẻ")), (CardEnd.TAKEN_BACK, _("Thu lại hoặc thẻ hỏng"))]
        ),
    )


def choose_units(field: UnitField, units: Any) -> None:
    """Offer these units; of several none is chosen beforehand."""
    offered = [(unit.id, unit.name) for unit in units]
    first = [(0, _("Chọn đơn vị"))] if len(offered) > 1 else []
    field.choices = choices([*first, *offered])


def choose_patterns(field: SelectField, patterns: Any, none: Any = None) -> None:
    """Offer these patterns, and none at all where that has a name."""
    first = [("", none)] if none is not None else []
    field.choices = choices([*first, *((row.id, row.name) for row in patterns)])
