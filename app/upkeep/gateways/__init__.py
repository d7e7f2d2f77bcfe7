"""Files and databases that a backup is made from, tried in and put back to."""
