"""The stages in order: issue, receive, collate, validate, merge, emit. Only this layer touches clock, disk and ledger."""
