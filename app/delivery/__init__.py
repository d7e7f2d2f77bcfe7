"""Messages on their way to people: one row a person, message and channel."""
