"""Who is on duty, and who hears next when nobody answers. Pure."""
