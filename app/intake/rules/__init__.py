"""What an item is, how far it came, by when it is answered, and how it is put together."""
