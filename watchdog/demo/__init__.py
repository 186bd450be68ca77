"""A small live estate on loopback, watched by the real daemon and told on the terminal."""
