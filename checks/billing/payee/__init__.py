"""Whether a vendor can be paid: numbers, lists of active taxpayers, blocks."""
