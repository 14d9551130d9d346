"""Why something failed: for a reason that passes by itself, or for one that somebody has to see to.

Storage and network that fail, a disk that is full, a file that vanished between listing and reading and another
writer's commit pass. A wrong configuration, data that cannot be used, missing rights and whatever is not known to pass
do not. Where both are found in one chain of causes, it does not pass.
"""

import re

from meterlake import causes
from meterlake.causes import Cause

_CONFLICTS = {  # Delta's classes have no base of their own; after ProtocolChangedException this program may be too old
    "ConcurrentAppendException",
    "ConcurrentDeleteDeleteException",
    "ConcurrentDeleteReadException",
    "ConcurrentTransactionException",
    "ConcurrentWriteException",
    "MetadataChangedException",
}
_SYSTEM = {"EAGAIN", "EBUSY", "EDQUOT", "EHOSTUNREACH", "EINTR", "EIO", "ENETDOWN", "ENETUNREACH", "ENOSPC", "ESTALE"}
_PASSING = (
    _CONFLICTS
    | _SYSTEM
    | {"ChangedMeanwhile", "ConnectionError", "FileNotFoundError", "TimeoutError", "gaierror"}
    | {"IOException", "FileNotFoundException", "SocketException", "SocketTimeoutException", "UnknownHostException"}
    | {"FetchFailedException", "TimeoutException", "UncheckedIOException"}
)
_LASTING = (
    {"AnalysisException", "MeterlakeError", "OutOfMemoryError", "ProtocolChangedException", "Py4JNetworkError"}
    | {"FileExistsError", "IsADirectoryError", "NotADirectoryError", "PermissionError", "EROFS"}
    # All of these are IOExceptions to Java: rights, a file in a folder's place, ...
    | {"AccessControlException", "AccessDeniedException", "FileAlreadyExistsException", "NotDirectoryException"}
    | {"ParentNotDirectoryException", "PathIsNotDirectoryException"}
    # ... bytes that are not what they should be, ...
    | {"CharacterCodingException", "JsonProcessingException", "ObjectStreamException", "ZipException"}
    # ... and addresses that name nothing.
    | {"MalformedURLException", "NoAuthWithAWSException", "UnknownStoreException", "UnsupportedFileSystemException"}
)
_PASSING_TEXT = re.compile(r"Status Code: (?:5\d\d|429)|No space left on device|Disk quota exceeded|Connection reset")
_LASTING_TEXT = re.compile(
    r"Status Code: 40[0134]|Permission denied|Operation not permitted|Access Denied|Read-only file system"
    r"|Mkdirs failed to create|[Nn]ot a directory|stopped SparkContext|Answer from Java side is empty"
)
_VANISHED = "[PATH_NOT_FOUND]"  # Spark's word for a folder that was listed before: an AnalysisException like no other


def is_passing(error: BaseException) -> bool:
    """Whether another attempt may succeed though nobody has done anything."""
    chain = causes.of(error)
    return any(map(_passes, chain)) and not any(map(_lasts, chain))


def _passes(cause: Cause) -> bool:
    return bool(_PASSING.intersection(cause.names) or _PASSING_TEXT.search(cause.text) or _has_vanished(cause))


def _lasts(cause: Cause) -> bool:
    known = "ChangedMeanwhile" in cause.names or _has_vanished(cause)
    return not known and bool(_LASTING.intersection(cause.names) or _LASTING_TEXT.search(cause.text))


def _has_vanished(cause: Cause) -> bool:
    return "AnalysisException" in cause.names and _VANISHED in cause.text
