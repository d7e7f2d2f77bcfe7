"""What the clock starts to send messages and to hear what became of them."""
