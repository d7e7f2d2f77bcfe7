"""The province's inboxes: named cases, feedback, calls."""

from app.intake.views.calls import intake_calls
from app.intake.views.cases import intake_cases
from app.intake.views.notes import intake_feedback

__all__ = ["intake_calls", "intake_cases", "intake_feedback"]
