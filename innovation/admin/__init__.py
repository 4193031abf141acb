"""The pages where administrators keep the installation."""
