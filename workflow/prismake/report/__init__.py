"""Numbers, tables, figures, documents, packages."""
