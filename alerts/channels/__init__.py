"""Ways out: one file per kind of channel, and what it stands on."""
