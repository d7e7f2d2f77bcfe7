"""Follow-up cases: one person who is not well, or may not be, until somebody has closed it."""
