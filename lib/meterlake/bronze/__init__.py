"""Bronze: landing files cut into readings and dead letters, every value as the string that arrived."""
