"""Top storey: the daemon. Reads settings, runs the checks on time, keeps state, serves metrics."""
