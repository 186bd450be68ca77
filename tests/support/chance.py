"""Chance that comes out the same each time."""

import random


def seeded(seed: int = 7) -> random.Random:
    return random.Random(seed)
