"""Everything about HTTP that is not a page: application, access, errors, forms, security."""
