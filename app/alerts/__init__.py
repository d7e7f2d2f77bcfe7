"""The province's urgent notices, from the composer to the parks and back as figures."""
