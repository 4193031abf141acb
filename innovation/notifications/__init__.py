"""Who follows what, and the mails that wait for sending."""
