"""What may be done to messages and deliveries."""
