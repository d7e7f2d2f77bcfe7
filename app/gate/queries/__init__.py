"""What phones and gates are told of passes, keys and people."""
