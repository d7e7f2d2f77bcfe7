"""Purging, deleting a person's record, setting days, writing down breaches."""
