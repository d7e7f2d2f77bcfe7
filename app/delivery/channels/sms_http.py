"""SMS over any gateway that takes HTTP: what it is sent and what it answers stand in settings."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.delivery.channels.calling import Answer, Caller, fault_of_status
from app.delivery.channels.pace import Pace
from app.delivery.channels.ready import no_phone, ready_sms, written_number
from app.delivery.channels.sms_group import SmsGroup
from app.delivery.channels.sms_reports import read_report, read_status
from app.delivery.rules import (
    Accepted,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Health,
    NotUnderstood,
    Outbound,
    OutsideHours,
    RateLimited,
    Report,
)
from app.delivery.rules.answers import AnswerRule, as_code, filled, masked, pointed

# Where the fields stand in a call, by the word of the settings.
FORMS = {"json": "json", "form": "data", "query": "params"}


class SmsHttp:
    """One SMS to one phone by one call; redirects are not followed, answers are read bounded."""

    name = ChannelName.SMS_HTTP
    needs_internet = True

    def __init__(self, group: SmsGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.has_receipts = bool(group.reports or group.status)
        self.callback_secret = group.reports.secret if group.reports else ""
        self.can_be_asked = group.status is not None
        self.max_per_minute = group.per_minute
        self.at_once = group.connections
        self.silence_after = timedelta(hours=24)
        self.pace = Pace(group.per_minute)
        self._caller = Caller(
            group.url,
            seconds=group.seconds,
            connections=group.connections,
            headers=dict(group.headers),
            auth=(group.user, group.password) if group.user else None,
        )

    def health(self) -> Health:
        """A gateway shows only by an SMS whether it works."""
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no phone number of Vietnam reaches nobody."""
        return no_phone(out.address)

    def send(self, out: Outbound) -> Accepted:
        """Hand one SMS to the gateway."""
        group = self.group
        ready = ready_sms(out, accents=group.accents, max_parts=group.max_parts)
        values = {
            "address": written_number(ready.number, group.address_form),
            "text": ready.made.text,
            "sender": group.sender,
            "reference": out.delivery_id,
        }
        body = filled(group.body, values)
        answer = self._caller.call(group.method, group.url, **{FORMS[group.body_form]: body})
        external_id, told = self._read(answer, out.delivery_id)
        return Accepted((external_id,), parts=ready.made.size.parts, raw=told)

    def close(self) -> None:
        """Let the connections to the gateway go."""
        self._caller.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What a call of the gateway tells; the secret in its address was compared before."""
        return read_report(self.group.reports, headers, raw, args, self.now())

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What the gateway says became of earlier messages, one call each."""
        query = self.group.status
        if query is None:
            return
        for external_id in external_ids:
            url = filled(query.url, {"id": external_id})
            answer = self._caller.call("GET", url)
            if answer.status == 200:
                yield from read_status(query, external_id, answer.content, self.now())

    def _read(self, answer: Answer, reference: str) -> tuple[str, dict[str, Any]]:
        """The gateway's id of the message and the masked answer, or why it is none."""
        said = answer.json
        told: dict[str, Any] = {"http_status": answer.status}
        if said is not None:
            told["answer"] = masked(said, self.group.secrets)
        problem = problem_of_answer(self.group.rule, answer, said, self.now())
        if problem is not None:
            problem.told = told
            raise problem
        found = as_code(pointed(said, self.group.id_pointer)) if self.group.id_pointer else ""
        return found[:80] or reference, told


def problem_of_answer(
    rule: AnswerRule, answer: Answer, said: Any, now: datetime
) -> ChannelError | None:
    """Why an answer is no acceptance, by its status and by the table of the gateway."""
    plain = fault_of_status(answer, now)
    if isinstance(plain, RateLimited | ConfigProblem):
        return plain
    refusal = rule.refusal_of(said) if said is not None else None
    if plain is None:
        return NotUnderstood("no_json") if rule.pointer and said is None else refusal
    if refusal is not None and not isinstance(refusal, NotUnderstood):
        return refusal
    if known := rule.classes.get(str(answer.status)):
        return rule.by_code(str(answer.status)) if known != "accepted" else None
    return plain
