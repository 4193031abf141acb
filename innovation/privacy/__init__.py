"""What is known of a person: own data, deletion, retention, the audit log."""
