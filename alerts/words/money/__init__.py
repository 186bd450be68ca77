"""The kinds beside bills in words: a stage that is late, a cut-off, a payee, a contract, an outage ahead."""
