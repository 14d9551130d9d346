"""A number as text to an exact decimal.

``[+-]?(digits[.digits]|.digits|digits.)([eE][+-]?digits)?`` in ASCII digits, of any length. The result is
DECIMAL(30,18): digits past the 18th decimal are cut, never rounded; 10^12 and more is no number that a meter sends.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

VALUE = "decimal(30,18)"
_PLAIN = r"^[+-]?(\d{1,12}(\.\d{0,18})?|\.\d{1,18})\z"
# Possessive: digits without end are read once, also where no number ends with them.
_ANY = r"^([+-]?)(\d*+)(?:\.(\d*+))?(?:[eE]([+-]?)(?=\d)0*+(\d*+))?\z"
_HAS_DIGIT = r"^[+-]?\.?\d"
_WHOLE_DIGITS, _DECIMALS = 12, 18


def number(text: Column) -> Column:
    """DECIMAL(30,18) of a trimmed text, null where it is no number or its size is 10^12 or more."""
    # The long way is bound in a lambda: evaluated for the few rows that need it, out of the others' generated code.
    unusual = F.transform(F.array(text), lambda written: _shifted(written).try_cast(VALUE))
    return F.when(text.rlike(_PLAIN), text.try_cast(VALUE)).when(
        text.rlike(_ANY) & text.rlike(_HAS_DIGIT), F.get(unusual, 0)
    )


def _shifted(text: Column) -> Column:
    """The same number without exponent, its decimals cut; null from 10^12 on."""
    whole, decimals = F.regexp_extract(text, _ANY, 2), F.regexp_extract(text, _ANY, 3)
    digits = F.concat(whole, decimals)
    significant = F.ltrim(digits, F.lit("0"))
    leading_zeros = F.length(digits) - F.length(significant)
    point = F.length(whole).cast("long") - leading_zeros + _exponent(text)
    places = point.cast("int")
    unsigned = (
        F.when((significant == "") | (point < -_DECIMALS), F.lit("0"))
        .when(point <= 0, F.concat(F.lit("0."), _cut(F.concat(F.repeat(F.lit("0"), -places), significant))))
        .when(
            point <= _WHOLE_DIGITS,
            F.concat(F.rpad(significant, places, "0"), F.lit("."), _cut(F.substr(significant, places + 1))),
        )
    )
    return F.concat(F.regexp_extract(text, _ANY, 1), unsigned)


def _cut(decimals: Column) -> Column:
    return F.substring(decimals, 1, _DECIMALS)


def _exponent(text: Column) -> Column:
    """The power of ten, kept small: beyond a million either way the size is decided."""
    size = F.regexp_extract(text, _ANY, 5)
    power = F.when(size == "", 0).when(F.length(size) > 9, 10**9).otherwise(size.try_cast("long"))
    return F.when(F.regexp_extract(text, _ANY, 4) == "-", -power).otherwise(power)
