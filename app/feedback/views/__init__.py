"""The pages of feedback, and the calls of nobody."""

from app.feedback.views import calls, inbox, notes, times
from app.feedback.views.anonymous import anonymous_api
from app.feedback.views.frame import feedback_pages

__all__ = ["anonymous_api", "calls", "feedback_pages", "inbox", "notes", "times"]
