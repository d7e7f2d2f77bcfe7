"""A call of the province's hotline as it is written down."""

from dataclasses import dataclass

from app.feedback.rules.notes import Category, Level, read_note
from app.intake.rules.answers import TASK_LEVELS
from app.kernel.refusals import BadFields
from app.kernel.text import squeeze

LONGEST_CALLER = 120


@dataclass(frozen=True, slots=True)
class Call:
    """What was said, about which park and company; `caller` is for the province alone."""

    node: str
    company_code: str
    category: Category
    text: str
    level: Level
    caller: str


def read_call(
    *, node: str, company: str, category: str, text: str, level: str, caller: str
) -> Call:
    """A call as typed; what is wrong is named field by field."""
    wrong = [] if node else [("/node", "fields.missing")]
    if level not in TASK_LEVELS:
        wrong.append(("/level", "fields.missing"))
    code, who = squeeze(company), squeeze(caller)
    if len(code) > 40:
        wrong.append(("/company", "fields.text_wanted"))
    if len(who) > LONGEST_CALLER:
        wrong.append(("/caller", "fields.text_wanted"))
    if level == Level.COMPANY and not code:
        wrong.append(("/company", "fields.missing"))
    if wrong:
        raise BadFields(wrong)
    about, said = read_note(category, text)
    return Call(node, code, about, said, Level(level), who)
