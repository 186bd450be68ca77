"""The way of a bill: stages, schedules backward, forecasts forward, cut-offs. Pure."""
