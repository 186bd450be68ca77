"""A case of the past, played through the code that decides: who would have been told on which day."""
