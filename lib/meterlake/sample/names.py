"""What the rules, faults and holes are called, and what they do, for people who read the summary."""

from meterlake.rule_names import CHECKS

_OTHERWISE = {
    "V03": "rejected",
    "V07": "warning",
    "V09": "rejected",
    "V11": "warning",
    "V12": "warning",
    "V13": "superseded",
}
RULES = {rule: (name, _OTHERWISE.get(rule, "quarantined")) for rule, name in CHECKS.items()}
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
