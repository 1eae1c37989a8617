"""What to do about a source that can't be had, by what happened to whoever asked for it. Pure.

What happened is worded where it is seen; what a next run does about it, where there is one: in `news`.
"""

from __future__ import annotations

from enum import StrEnum
from errno import EACCES, EPERM
from http import HTTPStatus


class Remedy(StrEnum):
    """What a person may do, in a phrase."""

    NONE = ""
    """Nothing: it passes by itself."""
    ADDRESS = "check the address"
    HOST = "check the address and the network"
    PORT = "check the address and its port"
    URL_OR_PROXY = "check the address, HTTP_PROXY and HTTPS_PROXY"
    MOVED = "name that address if it is right"
    LOGIN = "check the user and the password in the address"
    ADMISSION = "see whether a browser on this machine is let in"
    BETWEEN = "see what proxy or cache stands in between"
    PROXY = "check the proxy that HTTP_PROXY or HTTPS_PROXY names"
    PROXY_LOGIN = "put the proxy's user and password into HTTP_PROXY or HTTPS_PROXY"
    CA = "name its CA's file in SSL_CERT_FILE if you trust it"
    CA_FILE = "check REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and SSL_CERT_FILE"
    CLOCK = "check this machine's clock, or wait for a new one"
    CONNECT_TIMEOUT = "raise connect_timeout if the server is that slow"
    READ_TIMEOUT = "raise read_timeout if the server is that slow"
    DEADLINE = "raise deadline if the server is that slow"
    MAX_BYTES = "raise max_bytes if it is the right one"
    PATH = "check the path"
    RIGHTS = "check the rights on it and on its folders"


TIMEOUTS = frozenset({Remedy.CONNECT_TIMEOUT, Remedy.READ_TIMEOUT, Remedy.DEADLINE})
"""Those that name how long a fetch may take; what is no fetch has other limits."""

_OF_STATUS: dict[int, Remedy] = {
    HTTPStatus.NOT_MODIFIED: Remedy.BETWEEN,
    HTTPStatus.UNAUTHORIZED: Remedy.LOGIN,
    HTTPStatus.FORBIDDEN: Remedy.ADMISSION,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Remedy.ADMISSION,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Remedy.PROXY_LOGIN,
    HTTPStatus.REQUEST_TIMEOUT: Remedy.NONE,
    HTTPStatus.TOO_EARLY: Remedy.NONE,
    HTTPStatus.TOO_MANY_REQUESTS: Remedy.NONE,
}
# X509_V_ERR_... in OpenSSL's x509_vfy.h.
_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_HOST, _OTHER_IP_ADDRESS = 62, 64


def of_status(status: int) -> Remedy:
    """For an answer with another status than was hoped for (RFC 9110, section 15)."""
    other = Remedy.NONE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Remedy.ADDRESS
    return _OF_STATUS.get(status, other)


def of_certificate(verify_code: int) -> Remedy:
    """For a certificate that OpenSSL does not trust, by its verdict."""
    if verify_code in {_NOT_YET_VALID, _EXPIRED}:
        return Remedy.CLOCK
    return Remedy.ADDRESS if verify_code in {_OTHER_HOST, _OTHER_IP_ADDRESS} else Remedy.CA


def of_file(error: OSError) -> Remedy:
    """For a file that the system did not give."""
    return Remedy.RIGHTS if error.errno in {EACCES, EPERM} else Remedy.PATH
