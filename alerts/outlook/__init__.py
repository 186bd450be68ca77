"""Who would hear of what, when and why: explained now, and foretold. Pure."""
