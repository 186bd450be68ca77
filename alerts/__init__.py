"""Middle storey: who hears about it. Knows nothing of the daemon."""
