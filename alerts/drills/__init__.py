"""Drills: incidents that are only played, so that people can practise."""
