"""From an event to words."""
