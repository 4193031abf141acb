"""What guards every page that a tracking key opens, whichever feature it belongs to."""

from flask import Response, g

from innovation.web.limits import limiter


def _missed(response: Response) -> bool:
    return response.status_code == 404


# Only keys that open nothing count: somebody guesses, and those who own a key come as they like.
guarded = limiter.shared_limit("20/minute", scope="tracking", deduct_when=_missed)


def keep_secret() -> None:
    """Let no page with a key be stored or found by search engines."""
    g.page_is_secret = True
