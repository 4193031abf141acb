"""The innovation platform: residents and staff propose, somebody answers, something comes of it."""
