"""The employer's sign-in: OpenID Connect for staff, with unit and rights from the employer."""
