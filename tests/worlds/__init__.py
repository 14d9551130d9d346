"""Small adversarial landings, one for each seed, that hit the boundaries of the rules far more often than life does.

A world is the history of a landing folder (deliveries: a path and what was put there), reference tables and a page
of settings shaped like conf/base.yaml. The same seed always gives the same bytes.
"""

from .world import Delivery, World, batches, build_world, deliver, write_world

__all__ = ["Delivery", "World", "batches", "build_world", "deliver", "write_world"]
