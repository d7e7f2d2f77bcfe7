"""Reading answers, duties, levels, figures and rule sets."""
