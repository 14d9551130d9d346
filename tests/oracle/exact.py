"""Exact rounding: half away from zero, to whole numbers and to millionths."""

from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt

MILLION = 10**6
WIDE = Context(prec=100)


def round_ratio(numerator: int, denominator: int) -> int:
    """The whole number nearest to numerator / denominator (denominator > 0), ties away from zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def round_whole(value: Fraction) -> int:
    """The whole number nearest to a value, ties away from zero."""
    return round_ratio(value.numerator, value.denominator)


def millionths(value: Fraction) -> int:
    """A value in millionths, rounded once, ties away from zero."""
    return round_whole(value * MILLION)


def whole_if_whole(value: Fraction) -> Fraction | int:
    """The same value, as an int where it is one: quicker to compare with."""
    return value.numerator if value.denominator == 1 else value


def decimal6(micro: int) -> Decimal:
    """Millionths as a decimal of six places, whatever its size."""
    return Decimal(micro).scaleb(-6, WIDE)


def root_millionths(square: Fraction) -> int:
    """The square root of an exact non-negative number in millionths, rounded exactly, ties up."""
    scaled = square * MILLION**2
    whole = isqrt(scaled.numerator // scaled.denominator)
    return whole + 1 if (whole + Fraction(1, 2)) ** 2 <= scaled else whole
