"""What may be done to sites, workers, groups and schedules."""
