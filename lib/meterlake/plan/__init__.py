"""What a run would do, before it does it: read, recompute and rewrite what, and why. Nothing here writes."""
