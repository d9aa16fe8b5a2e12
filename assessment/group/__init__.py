"""Group dynamics: positions taken on training days, and colleagues' choices."""
