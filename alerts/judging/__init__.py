"""What was seen, or what time did, made into incidents: pure, one subject at a time."""
