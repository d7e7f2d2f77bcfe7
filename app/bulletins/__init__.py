"""What the province tells: bulletins by channel, and the rules and hotlines it sends its parks."""
