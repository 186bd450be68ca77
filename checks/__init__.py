"""Ground storey: what is seen. Knows nothing of alerts or of the daemon."""
