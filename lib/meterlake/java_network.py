"""Lets Java reach the network as Python does: through the same proxy, trusting the same certificates.

Java has settings and certificates of its own and knows neither HTTPS_PROXY nor a certificate that a company added to
the machine, so that on such a machine pip works and Spark's package resolution does not.
"""

import hashlib
import ssl
import struct
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

PASSWORD = "changeit"  # Java's usual one; the certificates are public
JKS, TRUSTED_CERTIFICATE = 0xFEEDFEED, 2


def options(folder: Path) -> list[str]:
    """JVM options for this machine's network; a trust store is written into `folder`."""
    store = folder / "truststore.jks"
    store.write_bytes(_trust_store(ssl.create_default_context().get_ca_certs(binary_form=True)))
    return [f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}", *_proxy_options()]


def _proxy_options() -> list[str]:
    proxies = {scheme: urlsplit(url) for scheme, url in getproxies().items() if scheme in ("http", "https")}
    return [
        option
        for scheme, proxy in proxies.items()
        if proxy.hostname
        for option in (f"-D{scheme}.proxyHost={proxy.hostname}", f"-D{scheme}.proxyPort={proxy.port or 80}")
    ]


def _trust_store(certificates: list[bytes]) -> bytes:
    """The certificates (DER) in the Java key store format."""
    body = struct.pack(">III", JKS, 2, len(certificates))
    for number, certificate in enumerate(certificates):
        alias = f"certificate {number}".encode()
        head = (TRUSTED_CERTIFICATE, len(alias), alias, 0, 5, b"X.509", len(certificate))
        body += struct.pack(f">IH{len(alias)}sQH5sI", *head)
        body += certificate
    return body + hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()
