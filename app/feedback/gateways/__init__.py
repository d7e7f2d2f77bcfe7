"""Pictures drawn anew, workbooks of times, and the guard against floods."""
