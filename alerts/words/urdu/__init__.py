"""The same in Urdu: its own sentences, from the same facts."""
