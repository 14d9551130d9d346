"""The errors a user meets. Each says in one line what failed, where, and what to do next."""


class MeterlakeError(Exception):
    """An error with an answer: `what` failed, `where` it happened, the `next_step` that helps."""

    def __init__(self, what: str, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where, next_step)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"where: {self.where}")
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return " · ".join(_one_line(part) for part in parts)


class ConfigError(MeterlakeError):
    """A setting is unknown, of the wrong type, out of bounds, or contradicts another."""


class ConfigErrors(ConfigError):
    """Several settings are wrong: str() has one line for each."""

    def __init__(self, problems: list[ConfigError]) -> None:
        super().__init__(f"{len(problems)} settings are wrong")
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type, tuple[list[ConfigError]]]:
        return type(self), (list(self.problems),)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class DataError(MeterlakeError):
    """Data that arrived cannot be used as it is."""


class ReferenceDataError(DataError):
    """A reference table (meters, vacancies, weather, grid maintenance) is missing or has rows that cannot be used."""


class StorageError(MeterlakeError):
    """A folder or table cannot be read or written, or is not ours."""


class ChangedMeanwhile(StorageError):
    """What a run was reading has changed under it; the next attempt reads it as it is then."""


class LockedError(MeterlakeError):
    """Another run is writing to the warehouse."""


class AuditError(MeterlakeError):
    """The counts of a run do not balance; nothing of it was published."""


class EnvironmentFault(MeterlakeError):
    """Something the machine should provide is missing: Java, Delta's jars, a Python package."""


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
