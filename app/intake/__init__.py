"""What parks hand to the province: named cases, feedback, calls of its hotline, and answers."""
