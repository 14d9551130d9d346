"""What the rules, faults and holes are called, and what they do, for people who read the summary."""

RULES = {
    "V01": ("VALUE_UNREADABLE", "quarantined"),
    "V02": ("TIMESTAMP_UNREADABLE", "quarantined"),
    "V03": ("METER_UNKNOWN", "rejected"),
    "V04": ("UNIT_UNKNOWN", "quarantined"),
    "V05": ("UNIT_AMBIGUOUS", "quarantined"),
    "V06": ("TIMESTAMP_FUTURE", "quarantined"),
    "V07": ("TIMESTAMP_BACKDATED", "warning"),
    "V08": ("OFF_GRID", "quarantined"),
    "V09": ("NEGATIVE", "rejected"),
    "V10": ("ABOVE_LIMIT", "quarantined"),
    "V11": ("SPIKE", "warning"),
    "V12": ("DROP", "warning"),
    "V13": ("SUPERSEDED", "superseded"),
    "V14": ("TIMESTAMP_TOO_OLD", "quarantined"),
    "Q01": ("LOW_QUALITY", "quarantined"),
}
FAULTS = {
    "F01": "ZERO_VALUE",
    "F02": "STUCK_VALUE",
    "F03": "OVERLOAD",
    "F04": "LOW_VARIANCE",
    "F05": "NEIGHBOURHOOD",
}
HOLES = {
    "interpolated": "below 4 h, filled",
    "missing_short": "4 h to 24 h, marked",
    "missing_extended": "24 h and more",
}
REST = {
    "unit_converted": "readings in another unit",
    "unit_inferred": "readings without a unit",
    "corrected": "corrections that stand",
    "file_copy": "file delivered under two names",
    "file_empty": "files without a line",
    "not F01": "zeros that are no F01",
    "not F02": "stuck values that are no F02",
    "not F03": "overloads that are no F03",
    "not a hole": "silence that is no hole",
    "lines": "count of all lines landed",
}
TIERS = {"premium": "90 and more", "standard": "70 to 89", "quarantine": "below 70"}
