"""The real things that the suite runs against: a PostgreSQL server, a browser, a server."""
