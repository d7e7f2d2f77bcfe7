"""Reading schedules, their texts and audiences, and what came of them."""
