"""What may be done to schedules, and planning what comes due."""
