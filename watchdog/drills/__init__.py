"""Drills as the daemon plays them: begun by somebody's word, ended in time, reported."""
