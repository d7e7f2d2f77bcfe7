"""Rules of the province: those written and sent here, and those that came to this park."""

from sqlalchemy.orm import Session

from app.bulletins.models import RuleDocument
from app.bulletins.rules.rule_documents import RuleKind, RulesSent


def rules_of(row: RuleDocument) -> RulesSent:
    """The rules of a row."""
    return RulesSent(
        row.id, RuleKind(row.kind), row.title, row.valid_from_on, row.source, row.document
    )


def get_rules_sent(session: Session, document_id: str) -> RulesSent:
    """Rules as they go to parks."""
    return rules_of(session.get_one(RuleDocument, document_id))
