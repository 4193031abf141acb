"""A second proof beside the first: codes of an app, passkeys, spare codes on paper."""
