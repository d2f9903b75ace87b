"""Screening: the decisions of each tool, one ledger, their resolution by the protocol, agreement, work lists,
reports and studies."""
