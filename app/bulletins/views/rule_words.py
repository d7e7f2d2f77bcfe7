"""Documents of rules in words, line by line, as people of the province compare them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.bulletins.rules.rule_documents import Difference, RuleKind, differences, lines_of
from app.checkins.actions.sent_sets import read_sent_sets
from app.checkins.queries.rule_sets import rules_of_document, rules_told
from app.kernel.refusals import Refusal
from app.reminders.rules.hotlines import SURE
from app.web.language import current_language

Document = Mapping[str, Any]


def changes_told(kind: RuleKind, before: Document, after: Document) -> list[Difference]:
    """What changes, in words where they say the difference, else as the documents have it."""
    was, will = lines_told(kind, before), lines_told(kind, after)
    told = []
    for each in differences(lines_of(kind, before), lines_of(kind, after)):
        worded = Difference(each.key, was.get(each.key, ""), will.get(each.key, ""))
        told.append(each if worded.before == worded.after else worded)
    return told


def lines_told(kind: RuleKind, document: Document) -> dict[str, str]:
    """The lines of a document in words, by the keys that `lines_of` gives them."""
    if kind is RuleKind.TRIAGE:
        return _rules_told(document)
    if kind is RuleKind.HOTLINES:
        return {str(row.get("name_vi")): _hotline_told(row) for row in document["hotlines"]}
    return {}


def _rules_told(document: Document) -> dict[str, str]:
    levels = {"green": _("Bình thường"), "amber": _("Theo dõi"), "red": _("Nguy cơ")}
    lines = {}
    try:
        sets = read_sent_sets(document)
    except Refusal:
        return {}
    for data in sets.values():
        rows = data["sets"][0]["rules"]
        told = rules_told(rules_of_document(data), current_language(), rows)
        for row, each in zip(rows, told, strict=True):
            mark = "" if each.evidence == "found" else f" ({_evidence(each.evidence)})"
            key = f"{data['default']} · {row['id']}"
            lines[key] = f"{levels[each.level]}: {each.when.rstrip('.')}. {each.advice}{mark}"
    return lines


def _evidence(mark: str) -> str:
    return str(_("chưa kiểm chứng") if mark == "memory" else _("dự án chọn"))


def _hotline_told(row: Mapping[str, Any]) -> str:
    days = " – ".join(filter(None, (row.get("valid_from"), row.get("valid_to"))))
    sure = (row.get("evidence") or "entered") in SURE and row.get("number")
    mark = "" if sure else _("chưa kiểm chứng")
    number = row.get("number") or _("chưa có số")
    parts = (number, row.get("hours"), days, row.get("source"), mark)
    return " · ".join(str(part) for part in parts if part)
