"""Names of acts that more than one place must know."""

HEALTH_VIEWED = "health.viewed"
ID_NUMBER_SHOWN = "workforce.id_number_shown"
