"""From an event to the outbox rows that tell it."""
