"""What the rules are called, by their ids."""

CHECKS = {
    "V01": "VALUE_UNREADABLE",
    "V02": "TIMESTAMP_UNREADABLE",
    "V03": "METER_UNKNOWN",
    "V04": "UNIT_UNKNOWN",
    "V05": "UNIT_AMBIGUOUS",
    "V06": "TIMESTAMP_FUTURE",
    "V07": "TIMESTAMP_BACKDATED",
    "V08": "OFF_GRID",
    "V09": "NEGATIVE",
    "V10": "ABOVE_LIMIT",
    "V11": "SPIKE",
    "V12": "DROP",
    "V13": "SUPERSEDED",
    "V14": "TIMESTAMP_TOO_OLD",
    "Q01": "LOW_QUALITY",
}
FAULTS = {
    "F01": "ZERO_VALUE",
    "F02": "STUCK_VALUE",
    "F03": "OVERLOAD",
    "F04": "LOW_VARIANCE",
    "F05": "NEIGHBOURHOOD",
}
NAMES = CHECKS | FAULTS
