"""What the programme answers to an idea, and whether it keeps what it promises."""
