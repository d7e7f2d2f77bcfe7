"""Who is to be told what, when: schedules, texts, occurrences."""
