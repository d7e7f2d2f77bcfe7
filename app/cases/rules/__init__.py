"""Decisions on follow-up cases: states, tasks and due times, days of follow-up, clearance."""
