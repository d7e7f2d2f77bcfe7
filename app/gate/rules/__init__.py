"""What a pass says, what the gate makes of it, and of a badge in its place."""
