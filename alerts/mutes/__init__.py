"""What must not be said for now: silences and maintenance. Pure."""
