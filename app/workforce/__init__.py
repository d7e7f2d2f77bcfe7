"""Sites, work groups and workers; who works when; import of staff lists."""
