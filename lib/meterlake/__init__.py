"""Meterlake: validation, estimation and editing of smart-meter readings, from landing files to gold tables."""

__version__ = "1.0.0"
