"""The ledger of bills as the daemon keeps it: what comes in, what people say to it, what goes out."""
