"""Names of acts that more than one place must know."""

HEALTH_VIEWED = "health.viewed"
