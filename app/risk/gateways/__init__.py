"""What lies outside the database: pictures as they come from cameras."""
