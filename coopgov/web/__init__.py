"""HTTP in, HTTP out: guards, forms, filters, error pages."""
