"""Lock, claims, three-way check, provenance, code closures."""
