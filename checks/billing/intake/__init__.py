"""Bills as others write them: files, sheets, notices. Every byte of it is hostile."""
