"""Which incidents are parts of another one, and what may lie behind them: pure."""
