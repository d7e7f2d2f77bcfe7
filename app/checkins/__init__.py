"""Daily answers, triage, the standing level, who has not answered."""
