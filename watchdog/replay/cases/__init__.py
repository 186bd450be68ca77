"""Cases that are shipped by name, and the small estate that all of them happen to."""
