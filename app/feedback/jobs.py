"""Jobs of feedback."""

from app.feedback.actions.keeping import stir_notes
from app.web.transaction import transact


def stir_feedback() -> None:
    """Each night nothing is left in the tables of when a note was written."""
    transact(stir_notes)
