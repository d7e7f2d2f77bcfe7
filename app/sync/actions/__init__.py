"""What a node does with its logs: enrol, append, make summaries, push, receive."""
