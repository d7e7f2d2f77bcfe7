"""The province sends Zalo messages for parks that have no account of their own."""
