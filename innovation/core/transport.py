"""Which connections may go without TLS: those that stay on this machine, and none beside.

An installation on a closed network can name others in INNOVATION_WITHOUT_TLS.
"""

from ipaddress import ip_address

from sqlalchemy.engine import URL

ORIGIN, DATABASE, MAIL, REDIS = "origin", "database", "mail", "redis"
CONNECTIONS = frozenset({ORIGIN, DATABASE, MAIL, REDIS})
# What libpq calls the ways of speaking that never fall back to plain text.
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


def is_here(host: str) -> bool:
    """Tell whether a host is this machine: a name, an address, or the folder of a socket."""
    name = host.lower().strip("[]").rstrip(".")
    if not name or name.startswith(("/", "@")) or name == "localhost":
        return True
    try:
        return name.endswith(".localhost") or ip_address(name).is_loopback
    except ValueError:
        return False


def read_exceptions(value: str) -> frozenset[str]:
    """Read the names of connections that may go without TLS. Raises ValueError."""
    named = frozenset(value.replace(",", " ").split())
    if named - CONNECTIONS:
        raise ValueError(f"may name {', '.join(sorted(CONNECTIONS))}, nothing else")
    return named


def encrypted(address: URL, default_host: str = "") -> URL:
    """Give the address of a database so that it is spoken to with TLS, unless it is here.

    Without a word on it in the address its certificate is checked against the system's roots.
    default_host: the one that the library takes when the address names none. Raises ValueError
    when the address itself says that TLS may be left out.
    """
    if all(map(is_here, _hosts(address, default_host))):
        return address
    said = address.query.get("sslmode")
    if said is None:
        roots = {} if "sslrootcert" in address.query else {"sslrootcert": "system"}
        return address.update_query_dict({"sslmode": "verify-full", **roots})
    if said not in ENCRYPTED:
        raise ValueError("may be spoken to without TLS")
    return address


def _hosts(address: URL, default_host: str) -> list[str]:
    said = [address.host or "", *_words(address, "host"), *_words(address, "hostaddr")]
    hosts = [one for part in said for one in part.split(",") if one]
    return hosts or [default_host]


def _words(address: URL, name: str) -> tuple[str, ...]:
    found = address.query.get(name, ())
    return (found,) if isinstance(found, str) else found
