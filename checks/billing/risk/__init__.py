"""What is at stake: when a vendor may cut off, what goes dark, for whom. Pure."""
