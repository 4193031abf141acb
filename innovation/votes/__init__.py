"""One support per person and idea, which can be taken back."""
