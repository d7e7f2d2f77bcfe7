"""The timetable of reminders with its editor, and how far one message came."""

from app.reminders.views import carrying, one_days, stopping
from app.reminders.views.messages import message_pages
from app.reminders.views.schedules import reminder_pages

__all__ = ["carrying", "message_pages", "one_days", "reminder_pages", "stopping"]
