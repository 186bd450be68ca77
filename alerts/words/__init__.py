"""From an event to words people read: pure."""
