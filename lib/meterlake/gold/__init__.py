"""Gold: hourly load, peaks, daily consumption, daily quality."""
