"""What a person may do about the risk index."""
