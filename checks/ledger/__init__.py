"""What is on record of bills: events, the state they add up to, the chain that proves them, the rules of an estate.

Shared ground, since the daemon keeps it and kinds of checks read it.
"""
