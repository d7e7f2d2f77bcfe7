"""Forms of workers and timetables."""
