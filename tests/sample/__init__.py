"""Tests of the sample district and of the summary that says what was found of it."""
