"""Silver: every bronze reading judged, holes filled, faults found."""
