"""What happened to one delivery, step by step, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.reminders.queries.receivers import DeliveryShown, Tried
from app.web.faults import fault_of

ACTS = {
    "delivery.sent_again": lambda name: _("%(name)s cho gửi lại", name=name),
    "delivery.taken_as_arrived": lambda name: _("%(name)s coi như đã tới", name=name),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `code` is the provider's own."""

    at: datetime
    words: Any
    code: str = ""


def steps_of(delivery: DeliveryShown) -> Sequence[Step]:
    """All that happened to a delivery, first things first."""
    steps = [Step(delivery.created_at, _("Ghi vào danh sách gửi"))]
    for tried in delivery.attempts:
        steps += _tried(tried)
    if delivery.sent_at is not None and not delivery.attempts:
        steps.append(Step(delivery.sent_at, _("Đã đưa vào nơi nhận")))
    if delivery.delivered_at is not None:
        steps.append(Step(delivery.delivered_at, _("Đã tới máy")))
    if delivery.read_at is not None:
        steps.append(Step(delivery.read_at, _("Đã đọc")))
    if delivery.answered_at is not None:
        steps.append(Step(delivery.answered_at, _("Đã khai báo")))
    steps += [
        Step(each.at, ACTS[each.act](each.by)) for each in delivery.decided if each.act in ACTS
    ]
    return sorted(steps, key=lambda step: step.at)


def _tried(tried: Tried) -> list[Step]:
    begun = Step(tried.started_at, _("Gửi lần %(n)s", n=tried.n))
    if tried.ended_at is None:
        return [begun]
    codes = filter(None, (str(tried.http_status or ""), tried.code))
    code = " ".join(dict.fromkeys(codes))
    if tried.outcome == "sent":
        return [begun, Step(tried.ended_at, _("Kênh đã nhận"), code)]
    fault = fault_of(tried.error_class, tried.code, tried.outcome or "")
    return [begun, Step(tried.ended_at, fault.happened, code)]
